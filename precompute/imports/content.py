"""A small text around what was imported, so that there is an article to look at and go on from.

Titles and figures are looked up in the data, so that nothing in them can be taken for Markdown.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from string import Template
from typing import Final

from article.artifacts import Manifest
from precompute.imports.writing import replace_folder

_SETTINGS: Final = Template("""\
# What the article says about itself. Title, description, date, authors and licence are needed; the
# rest may be left out.

title = $title
description = $description
date = $date
citation_key = "mine$year"

[[authors]]
name = "Your Name"

[licence]
name = "CC BY 4.0"
url = "https://creativecommons.org/licenses/by/4.0/"
""")

COMPUTED_ELSEWHERE: Final = """\
Everything on this page follows from similarities that were computed elsewhere. The text is yours
to replace; its numbers are looked up in the data. Before you publish the items themselves, make
sure that their licences allow it.
"""

OWN_PICTURES: Final = """\
Everything on this page was computed from pictures and their captions. The text is yours to replace;
its numbers are looked up in the data. Before you publish other people's pictures, make sure that
their licences allow it and that the people in them do, and name who took them.
"""

_SECTION: Final = Template("""
## {{ dataset('$dataset').title }} {#sec-$dataset}

{{ count('$dataset') | grouped }} items, each as $modalities.

""")

_MODALITIES: Final = Template("{{ dataset('$dataset').modalities | join(', ') }}")
_PICTURE_AND_CAPTION: Final = "a picture and its caption"
"""What a data set of a study is, which says nothing of its modalities."""

_EXPLORER: Final = Template("""\
```figure
id = "fig-$dataset"
type = "explorer"
title = "{{ dataset('$dataset').title }}"
dataset = "$dataset"
alt = "All similarities of {{ dataset('$dataset').title }}, and the items as points."
caption = '''
Each cell of the matrix compares two items, each point of the projection is one. Point at them to
see what they are, or [close the gap](try:fig-$dataset?share=1) between the modalities.
'''
```

""")

_LANDSCAPE: Final = Template("""\
```figure
id = "fig-$dataset-landscape"
type = "landscape"
title = "The loss along the gap: {{ dataset('$dataset').title }}"
dataset = "$dataset"
alt = "The loss over the distance between the modalities of {{ dataset('$dataset').title }}."
caption = '''
Contrastive loss, the mean of both directions in batches of {{ setting('batch_size') }}, while the
modalities are shifted along the gap between them.
'''
```

""")

_DISTANCE: Final = "gap_distance"

_HEAD: Final = """\
| model | distance | gap closed | loss | gap closed |
| --- | --- | --- | --- | --- |
"""

_MEASURE: Final = Template("{{ measure('$name', '$dataset', '$model', $share) | fixed(4) }}")


def write_content(folder: Path, manifest: Manifest, opening: str = COMPUTED_ELSEWHERE) -> None:
    """Write `article.toml` and `index.md` for all data sets of a manifest."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", suffix=".partial", dir=folder.parent))
    fresh.chmod(0o755)
    (fresh / "article.toml").write_text(settings_of(manifest), encoding="utf-8")
    (fresh / "index.md").write_text(text_of(manifest, opening), encoding="utf-8")
    replace_folder(fresh, folder)


def settings_of(manifest: Manifest) -> str:
    """The article's settings: titles from the data, the rest for the author to fill in."""
    today = time.localtime()
    return _SETTINGS.substitute(
        title=_quoted(manifest.study),
        description=_quoted(f"{manifest.study}, as models see it."),
        date=time.strftime("%Y-%m-%d", today),
        year=today.tm_year,
    )


def text_of(manifest: Manifest, opening: str = COMPUTED_ELSEWHERE) -> str:
    """A section for each data set: how large it is, its figures, its distances and losses."""
    return opening + "".join(section(manifest, dataset) for dataset in manifest.datasets)


def section(manifest: Manifest, dataset: str) -> str:
    """What the text says of a data set: its figures, its distances and losses."""
    kinds = {record.kind for record in manifest.artifacts if record.dataset == dataset}
    figures = {"space": _EXPLORER, "landscape": _LANDSCAPE}
    parts = [_SECTION, *(figure for kind, figure in figures.items() if kind in kinds)]
    told = "modalities" in manifest.datasets[dataset]
    modalities = _MODALITIES.substitute(dataset=dataset) if told else _PICTURE_AND_CAPTION
    text = "".join(part.substitute(dataset=dataset, modalities=modalities) for part in parts)
    return text + _HEAD + "".join(_rows(manifest, dataset))


def _rows(manifest: Manifest, dataset: str) -> Iterator[str]:
    """Distances and losses of each model, for every two modalities where there are more."""
    for entry in manifest.measures:
        if entry["dataset"] == dataset and entry["share"] == 0:
            for name in entry["values"]:
                if name.startswith(_DISTANCE):
                    yield _row(dataset, entry["model"], name.removeprefix(_DISTANCE))


def _row(dataset: str, model: str, pair: str) -> str:
    """Distance and loss of a model, as trained and closed; `pair` ends the names of measures."""
    figures = [
        _MEASURE.substitute(name=f"{name}{pair}", dataset=dataset, model=model, share=share)
        for name in (_DISTANCE, "loss")
        for share in (0, 1)
    ]
    title = f"{{{{ model('{model}').title }}}}{pair.replace('_', ' ')}"
    return f"| {' | '.join([title, *figures])} |\n"


def _quoted(text: str) -> str:
    """A TOML string, whatever the text holds."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
