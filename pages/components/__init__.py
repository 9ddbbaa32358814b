"""The pieces pages share; the only modules that touch Streamlit's cache, session and query parameters."""
