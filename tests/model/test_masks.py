from aquarium_tui.model.classes import ClassEntry, ClassMap, class_names
from aquarium_tui.model.columns import Text
from aquarium_tui.model.masks import COLOR, Masks, color_value, value_text


def test_a_mask_lies_below_its_folder():
    masks = Masks("/data/gt", Text.from_values(["a.png", None]), {})
    assert (masks.file(0), masks.file(1), masks.count) == ("/data/gt/a.png", None, 1)


def test_colours_are_values_above_all_others():
    assert color_value((0, 0, 0)) == COLOR > 65535
    assert color_value((255, 128, 1)) - COLOR == 0xFF8001
    assert (value_text(7), value_text(color_value((1, 2, 255)))) == ("7", "#0102ff")


def test_a_class_called_background_leaves_the_last_column_another_name():
    def names(*classes: str) -> tuple[str, ...]:
        return tuple(class_names(ClassMap(tuple(ClassEntry(i, name) for i, name in enumerate(classes)))))

    assert names("car") == ("car", "background")
    assert names("Background", "car") == ("Background", "car", "nothing")
    assert names("background", "nothing") == ("background", "nothing", "nothing_")
