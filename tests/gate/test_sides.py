from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from qualitygate.gate import listing
from qualitygate.gate.sides import choose, wanted_files
from qualitygate.gate.trees import under_configuration
from qualitygate.globs import matches
from qualitygate.model import Check, Entry
from tests.support import words


def tree(**files: str) -> dict[str, Entry]:
    return {name.replace("__", "/").replace("_py", ".py"): Entry("100644", blob) for name, blob in files.items()}


def check(policy: str = "ratchet", **options: Any) -> Check:
    return Check("words", "words", policy, "commit", "", options)  # type: ignore[arg-type]


def chosen(tool: SimpleNamespace, head: dict[str, Entry], base: dict[str, Entry], **kind: Any) -> Any:
    return choose(check(**kind), tool, head, base, everything=False)


def test_equal_files_cancel_out() -> None:
    sides = chosen(words(), tree(a_py="1", b_py="2"), tree(a_py="1", b_py="3", c_py="4"))
    assert (sides.head, sides.base) == (("b.py",), ("b.py", "c.py"))


def test_a_clean_policy_looks_at_all_of_head() -> None:
    sides = chosen(words(), tree(a_py="1"), tree(a_py="1"), policy="clean")
    assert sides.head == ("a.py",)


def test_a_tool_that_reads_other_files_looks_at_all_or_at_none() -> None:
    tool = words(reads="tree")
    assert chosen(tool, tree(a_py="1", b_py="2"), tree(a_py="1", b_py="3")).head == ("a.py", "b.py")
    assert chosen(tool, tree(a_py="1", b_py="2"), tree(a_py="1", b_py="2")).head == ()


def test_a_file_that_is_only_gone_can_break_the_others() -> None:
    assert chosen(words(reads="tree"), tree(a_py="1"), tree(a_py="1", b_py="2")).head == ("a.py",)


@pytest.mark.parametrize("new", ["new_py", "pkg____init___py", "src__new__a_py"])
def test_a_new_module_name_can_change_what_is_first_party(new: str) -> None:
    tool = words(reads="names")
    assert "a.py" in chosen(tool, tree(a_py="1", **{new: "2"}), tree(a_py="1")).head
    assert chosen(tool, tree(a_py="1", d__b_py="2"), tree(a_py="1", d__b_py="1")).head == ("d/b.py",)


def test_base_is_seen_under_the_configuration_of_head() -> None:
    base, head = tree(a_py="1", cfg="old", d__cfg="old"), tree(a_py="1", cfg="new", e__cfg="new")
    assert under_configuration(base, head, ("cfg",)) == tree(a_py="1", cfg="new", e__cfg="new")
    assert under_configuration(base, head, ()) == base


def test_links_and_submodules_are_no_files() -> None:
    entries = {"a.py": Entry("120000", "1"), "b.py": Entry("160000", "2"), "c.py": Entry("100755", "3")}
    assert wanted_files(check(), words(), entries) == ("c.py",)


def test_patterns_of_a_check_choose_its_files() -> None:
    entries = tree(a_py="1", d__b_py="2", d__e__c_py="3")
    assert wanted_files(check(files=["d/**"], exclude=["d/e"]), words(), entries) == ("d/b.py",)


@pytest.mark.parametrize(
    ("pattern", "path", "expected"),
    [
        ("*.py", "a.py", True),
        ("*.py", "d/a.py", False),
        ("**/*.py", "a.py", True),
        ("**/*.py", "d/e/a.py", True),
        ("d", "d/e/a.py", True),
        ("d/", "d/a.py", True),
        ("d", "dd/a.py", False),
        ("d/**", "d/e/a", True),
        ("a?c", "abc", True),
        ("a?c", "a/c", False),
        ("a+b(c)", "a+b(c)", True),
        ("**", "anything/at\nall", True),
    ],
)
def test_a_pattern_means(pattern: str, path: str, expected: bool) -> None:
    assert matches(path, (pattern,)) is expected


def test_base_without_a_change_of_settings_is_itself() -> None:
    base, head = tree(a_py="1", cfg="1"), tree(a_py="2", cfg="1")
    assert under_configuration(base, head, ("cfg",), {"a.py"}) is base
    assert under_configuration(base, tree(d__cfg="2"), ("cfg",), {"a.py", "cfg", "d/cfg"}) == tree(a_py="1", d__cfg="2")


def test_what_is_known_of_one_list_of_files_is_not_told_of_another() -> None:
    for number in range(40):
        entries = tree(**{f"d{number}__cfg": "1", f"m{number}_py": "1"})
        assert listing.called(entries, "cfg") == [f"d{number}/cfg"] == listing.called(entries, "cfg")
        assert listing.names(entries) == [f"m{number}.py"]
    assert not listing.called({}, "cfg")
