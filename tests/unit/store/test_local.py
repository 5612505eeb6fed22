"""The facts that are only this vault's."""

import pytest
from sqlalchemy import update

from ctcase.store import local, schema
from ctcase.store.local import Chain
from tests.office_world import code_of


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"number":"two"}', b'"\xff"', b"12"])
def test_a_fact_that_is_none_of_ours_is_damage(world, damage):
    world.found()
    with world.session("office").opened.database.transaction() as connection:
        assert local.get(connection, "nothing", Chain) is None
        local.put(connection, "fact", Chain(2, "e" * 64))
        assert local.get(connection, "fact", Chain) == Chain(2, "e" * 64)
        connection.execute(update(schema.local).where(schema.local.c.key == "fact").values(value=damage))
        assert code_of(local.get, connection, "fact", Chain) == "vault_damaged"
