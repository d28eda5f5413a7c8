"""The shell around every page: import path, navigation, look, and what happens when a page fails.

Streamlit reads this file twice over: once as a module when the server starts, for `app`, and as a script at each visit.
"""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent


def put_repository_on_path() -> None:
    """`streamlit run dashboard/app.py` puts only this folder on the path, in front, where it could shadow a library.

    It stays, at the end: Streamlit puts it there anew for each script where it is missing, and takes it away after it.
    A thread that imports meanwhile goes through a list that shifts, and may pass over the folder of a library.
    """
    others = [entry for entry in sys.path if Path(entry or ".").resolve() != HERE]
    wanted = [*([] if str(ROOT) in others else [str(ROOT)]), *others, str(HERE)]
    if sys.path != wanted:
        sys.path[:] = wanted


put_repository_on_path()

import streamlit as st  # noqa: E402

from dashboard import preloading  # noqa: E402
from dashboard.shared import errors  # noqa: E402

PAGES = ROOT / "pages"

# Group -> (file in pages/ and place in the URL, title, icon); to add a page, add its line here.
NAVIGATION: dict[str, tuple[tuple[str, str, str], ...]] = {
    "": (("home", "Home", ":material/home:"),),
    "Explore": (
        ("augmentation", "Augmentation", ":material/edit_note:"),
        ("parameters", "Parameters", ":material/account_tree:"),
    ),
    "Train": (
        ("launch", "Launch", ":material/rocket_launch:"),
        ("sweeps", "Sweeps", ":material/grid_view:"),
        ("runs", "Runs", ":material/monitoring:"),
    ),
    "Compare": (
        ("clusters", "Clusters", ":material/scatter_plot:"),
        ("robustness", "Robustness", ":material/grain:"),
        ("errors", "Errors", ":material/rule:"),
        ("results", "Results", ":material/table_chart:"),
    ),
    "Use": (
        ("playground", "Playground", ":material/chat_bubble:"),
        ("export", "Export", ":material/ios_share:"),
    ),
}


def main() -> None:
    st.set_page_config(page_title="MobileBERT Lab", page_icon=str(HERE / "icon.svg"), layout="wide")
    st.html(HERE / "look.css")
    with st.container(key="browser"):
        st.html(preloading.script(), unsafe_allow_javascript=True)
    st.logo(str(HERE / "logo.svg"), icon_image=str(HERE / "icon.svg"), size="large")
    groups = {
        group: [
            st.Page(
                PAGES / f"{name}.py",
                title=title,
                icon=icon,
                url_path=name if name != "home" else "",
                default=name == "home",
            )
            for name, title, icon in pages
        ]
        for group, pages in NAVIGATION.items()
    }
    page = st.navigation(groups)
    with errors.boundary(page.title):
        page.run()


if __name__ == "__main__":
    main()
else:
    from dashboard import server

    app = st.App(__file__, middleware=server.middleware(), routes=server.routes(), lifespan=server.lifespan)
