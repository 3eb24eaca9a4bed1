"""What the document says about rights is what the rules say; the centre is asked in tests/server/test_rights.py."""

from carecenter.operations.rights_table import FILE, rendered


def test_the_document_is_up_to_date() -> None:
    assert FILE.read_text(encoding="utf-8") == rendered()


def test_it_says_what_the_rules_say() -> None:
    lines = rendered().splitlines()
    assert "| `ChangeQueue` | yes | no | yes | yes | no | yes | no |" in lines
    assert "| `AddNote` | yes | yes | yes | yes | taken | yes | taken |" in lines
    assert "| `lookup` | yes | yes | yes | no | yes | no |" in lines
