import pytest

from ui.theme.tokens import CONTRAST, CONTRAST_NEEDS, TABLES, contrast_ratio

PAIRS = [(ink, ground, least) for ink, grounds, least in CONTRAST_NEEDS for ground in grounds]


def test_every_pair_of_the_design_is_counted():
    assert len(PAIRS) * len(TABLES) == 123


@pytest.mark.parametrize("tokens", TABLES, ids=lambda tokens: tokens.name)
@pytest.mark.parametrize(("ink", "ground", "least"), PAIRS)
def test_contrast_is_enough(tokens, ink, ground, least):
    assert contrast_ratio(tokens.color(ink), tokens.color(ground)) >= least


@pytest.mark.parametrize("tokens", TABLES, ids=lambda tokens: tokens.name)
def test_what_is_chosen_is_legible_and_apart(tokens):
    assert contrast_ratio(tokens.selected_ink, tokens.selected_bg) >= 4.5
    assert tokens.selected_bg != tokens.surface


def test_contrast_ratio_has_the_known_ends():
    assert contrast_ratio("#000000", "#FFFFFF") == pytest.approx(21.0)
    assert contrast_ratio("#FFFFFF", "#000000") == pytest.approx(21.0)
    assert contrast_ratio("#777777", "#777777") == 1.0
    assert contrast_ratio("#767676", "#FFFFFF") == pytest.approx(4.54, abs=0.01)


def test_contrast_is_black_and_white_with_wider_borders():
    assert {CONTRAST.canvas, CONTRAST.surface, CONTRAST.sunken} == {"#000000"}
    assert (CONTRAST.border, CONTRAST.ring) == (2, 3)


def test_only_colours_are_asked_for_by_name():
    with pytest.raises(ValueError):
        CONTRAST.color("border")
