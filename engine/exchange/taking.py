"""A model of ours taken away: its folder as a zip, a repository on the Hub; as ONNX see `onnx_graphs`."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from engine.atomic import read_unchanged
from engine.errors import InputError, ModelError
from engine.models.card import usage_lines
from engine.models.folder import FILES, HUB_ID, describe

RECIPE = "recipe.json"
TAKEN = (*FILES, RECIPE)  # what stands beside these in a run's folder is of the run
LOAD_FIRST = "This archive holds the model “{title}”. Unpack it beside Unrolled and load it in Python:\n\n{lines}\n"


def zip_folder(folder: Path) -> bytes:
    """Return a model's folder as a zip, with the lines that load it.

    Raises:
        ModelError: it is no model, or incomplete.
    """
    info = describe(folder)
    if info.error:
        raise ModelError(info.error)
    name = _plain(info.name)

    def pack() -> bytes:
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            for file in TAKEN:
                if (folder / file).is_file():
                    archive.writestr(f"{name}/{file}", (folder / file).read_bytes())
            lines = usage_lines(f"./{name}", info.config)
            archive.writestr(f"{name}/LOAD.txt", LOAD_FIRST.format(title=info.title, lines=lines))
        return stream.getvalue()

    return read_unchanged(folder, pack)


def push_to_hub(folder: Path, repository: str, token: str, is_private: bool = True) -> str:
    """Upload a model's folder into a repository of whoever the token belongs to, which is made where it is not there;
    return its address. The token is used for this and kept nowhere.

    Raises:
        InputError: the name or the token cannot be used, or the Hub says no.
    """
    from huggingface_hub import HfApi
    from huggingface_hub.errors import HfHubHTTPError

    if not HUB_ID.fullmatch(repository) or ".." in repository:
        raise InputError(f"“{repository[:80]}” is no name of a repository; it must look like owner/name.")
    if not token.strip() or not token.strip().isprintable() or " " in token.strip():
        raise InputError("Give an access token of yours with the right to write; the Hub makes them under Settings.")
    if describe(folder).error:
        raise ModelError(describe(folder).error)
    api = HfApi(token=token.strip())
    try:
        api.create_repo(repository, private=is_private, exist_ok=True)
        api.upload_folder(
            repo_id=repository,
            folder_path=str(folder),
            allow_patterns=list(TAKEN),
            commit_message="Upload a model of Unrolled",
        )
    except HfHubHTTPError as error:
        said = _REASONS.get(error.response.status_code, "it answered with an error")
        raise InputError(f"The Hub did not take the model: {said}.") from None  # its own words may hold the request
    except Exception:
        raise InputError("The Hugging Face Hub cannot be reached from here, so nothing was uploaded.") from None
    return f"{api.endpoint}/{repository}"


_REASONS = {
    401: "the token is not valid",
    403: "the token may not write there",
    404: "there is no such owner, or the token may not see it",
    409: "the repository is there and is another's",
}


def recipe_file(folder: Path) -> bytes | None:
    """Return the recipe that repeats a run, where its folder holds one."""
    path = folder / RECIPE
    return path.read_bytes() if path.is_file() else None


def _plain(name: str) -> str:
    return "".join(character for character in name if character.isalnum() or character in "-_.") or "model"
