"""The router: page settings and navigation; the page that was asked for does the rest. And the app for the server."""

from __future__ import annotations

import streamlit as st

from pages.components.computing import cache
from pages.components.drawing import notices
from pages.components.lessons import panel
from pages.components.server import hosting, visitor
from pages.components.shell import routes

# A job's worker process imports this file as its main module (multiprocessing's spawn); there it must draw nothing.
if __name__ == "__main__":
    page = routes.navigate()
    st.set_page_config(
        page_title="Unrolled" if page.title == "Home" else f"{page.title} · Unrolled",
        page_icon=routes.ICON,
        menu_items={
            "About": "Unrolled shows recurrent networks reading, writing and translating, with trained weights."
        },
    )
    visitor.arrive()
    with routes.frame(), cache.one_look(), notices.engine_errors():
        panel.show(page.title)
        page.run()
elif __name__ == "app":  # `streamlit run` finds this assignment and serves what it gives
    app = st.App(__file__, **hosting.parts(warm_up_after=cache.WARM_AFTER_SECONDS))
