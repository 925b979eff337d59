"""What pages' titles share is cut."""

from __future__ import annotations

import pytest

from mlsr_es.sources.titles import SharedTitle, shared_title


@pytest.mark.parametrize(
    ("titles", "cut"),
    [
        (["Owls - Bird Manual", "Bees - Bird manual", "Ants - Bird Manual"], ["Owls", "Bees", "Ants"]),
        (["Birds: Owls", "Birds: Bees", "Birds: Ants"], ["Owls", "Bees", "Ants"]),
        (["Owls (Birds (2.0))", "Bees (a) (Birds (2.0))", "Ants (Birds (2.0))"], ["Owls", "Bees (a)", "Ants"]),
        (["Owls | Night | Birds", "Bees | Day | Birds", "Ants | Birds"], ["Owls | Night", "Bees | Day", "Ants"]),
        (["Owls - Birds", "Bees - Insects", "Ants - Insects"], ["Owls - Birds", "Bees - Insects", "Ants - Insects"]),
        (["Owls - Birds", "Bees - Birds"], ["Owls - Birds", "Bees - Birds"]),
        (["Barn owl", "Snowy owl", "Eagle owl"], ["Barn owl", "Snowy owl", "Eagle owl"]),
    ],
)
def test_cut(titles: list[str], cut: list[str]) -> None:
    """Three titles or more lose what follows or leads a separator in nine of ten; words alone are no separator."""
    shared = shared_title(titles)
    assert [shared.cut(title) for title in titles] == cut


def test_most_titles_are_enough() -> None:
    """The site's name is cut although one page is called by it alone, and that page keeps it."""
    titles = ["Birds", *(f"Owl {number} - Birds" for number in range(9))]
    assert [shared_title(titles).cut(title) for title in titles] == ["Birds", *(f"Owl {number}" for number in range(9))]


def test_no_titles() -> None:
    """Where there are no titles, nothing is shared."""
    assert shared_title([]) == SharedTitle()
