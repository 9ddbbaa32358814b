"""The frame around every page: routes, header, search, the page that a browser is sent first."""
