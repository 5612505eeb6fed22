"""How histories begin: random work seldom comes to these, so it is led to them, and goes on at random from there.

Each shape is a generator that yields the name of each move it made; what it must come to stands beside it in SHAPES.
"""


def anything(machine):
    """Random from the first move on."""
    yield from ()


def rivals(machine):
    """Two people change one field and take different next steps; a supervisor decides. Then somebody approves his own."""
    world, one = machine.world, machine.first_referral
    machine.edit("cw1", 0, 0)
    yield "edit"
    machine.edit("sup", 0, 0)
    yield "edit"
    machine.meet("cw1", "sup")
    yield "meet"
    machine.decide_value("sup", 0, keep=True)
    yield "decide_value"
    machine.take("cw1", one, "submit")
    yield "submit"
    machine.meet("cw1", "sup")
    yield "meet"
    machine.take("sup", one, "approve")
    yield "approve"
    machine.take("cw1", one, "withdraw")
    yield "withdraw"
    machine.meet("cw1", "sup")
    yield "meet"
    machine.take("sup", one, "decide", world.folded("sup", machine.first).folded.machines[one].rivals)
    yield "decide"
    machine.meet("cw1", "sup")
    yield "meet"


def alone(machine):
    """A caseworker approves what he submitted, first without the role, then with it; all hear of it."""
    machine.take("cw1", machine.first_referral, "submit")
    yield "submit"
    machine.approve_own("cw1", 0)
    yield "approve_own"
    machine.roster("cw1", "promote", 0)
    yield "roster"
    machine.meet("cw1", "office")
    yield "meet"
    machine.approve_own("cw1", 0)
    yield "approve_own"
    for name in ("office", "sup"):
        machine.meet("cw1", name)
        yield "meet"


def disks(machine):
    """A computer is lost and its backup goes on; then a disk is copied and both go on."""
    machine.back_up("cw1")
    yield "back_up"
    machine.edit("cw1", 0, 1)
    yield "edit"
    machine.meet("cw1", "office")
    yield "meet"
    machine.restore(0)
    yield "restore"
    machine.edit("cw1", 0, 2)
    yield "edit"
    machine.roster("cw1", "enrol", 0)
    yield "roster"
    machine.accept("cw1")
    yield "accept"
    machine.meet("cw1", "office")
    yield "meet"
    machine.copied_disk("cw1", before=True, after=True, k=0)
    yield "copied_disk"
    machine.meet("cw1", "office")
    yield "meet"
    machine.close_fork(1)
    yield "close_fork"
    machine.meet("sup", "office")
    yield "meet"


def leaving(machine):
    """A case goes to another team; who had it is revoked, writes on, and an officer adopts what he wrote."""
    machine.world.join("cw2", team="South")
    yield "join"
    machine.transfer("office", machine.world.streams("office").index(machine.first))
    yield "transfer"
    machine.edit("cw1", 0, 0)  # he has not heard of it
    yield "edit"
    for name in ("cw1", "cw2"):
        machine.meet(name, "office")
        yield "meet"
    machine.edit("cw2", 0, 0)
    yield "edit"
    machine.open_case("cw1", 0)
    yield "open_case"
    machine.meet("cw1", "office")
    yield "meet"
    machine.roster("cw1", "revoke", 0)
    yield "roster"
    for k in range(2):
        machine.edit("cw1", k, 1)
        yield "edit"
    machine.meet("cw1", "office")
    yield "meet"
    machine.adopt(2)
    yield "adopt"
    machine.meet("sup", "office")
    yield "meet"


def consent(machine):
    """A referral is sent while its consent is withdrawn elsewhere, by somebody whose clock is wrong."""
    one = machine.first_referral
    machine.take("cw1", one, "submit")
    yield "submit"
    machine.meet("cw1", "sup")
    yield "meet"
    machine.clock("sup", -(10**9))
    yield "clock"
    machine.take("sup", one, "approve")
    yield "approve"
    machine.meet("cw1", "sup")
    yield "meet"
    machine.clock("cw1", 10**8)
    yield "clock"
    machine.take("cw1", one, "send")
    yield "send"
    machine.consent("sup", 0, take=True)
    yield "consent"
    machine.meet("cw1", "sup")
    yield "meet"
    for event in ("acknowledge", "accept", "complete"):
        machine.take("cw1", one, event)
        yield event
    machine.meet("cw1", "office")
    yield "meet"


def forgeries(machine):
    """Approvals that nobody signed come among the bundles, which are late, repeated, out of order and damaged."""
    machine.take("cw1", machine.first_referral, "submit")
    yield "submit"
    machine.meet("cw1", "sup")
    yield "meet"
    for how in ("signature", "depth", "stranger"):
        machine.forge("cw1", 0, "office" if how == "depth" else "sup", how)
        yield "forge"
        machine.edit("cw1", 0, 0)
        yield "edit"
        machine.write("cw1", "sup")
        yield "write"
    machine.damage(0, 500, 3)
    yield "damage"
    for k, fate in ((5, "repeat"), (3, "look"), (1, "lose"), (0, "deliver"), (1, "deliver"), (0, "repeat")):
        machine.courier(k, fate)
        yield "courier"


SHAPES = {
    "anything": (anything, ()),
    "rivals": (rivals, ("field conflict", "step conflict", "did decide_value", "event decide")),
    "alone": (alone, ("self-approval", "self-approval without the role", "void four_eyes", "void role")),
    "disks": (disks, ("did restore", "work after a restore", "fork", "fork closed")),
    "leaving": (leaving, ("transfer", "revocation", "void revoked", "adoption")),
    "consent": (consent, ("withdrawal", "withdrawal beside a disclosure", "clock jump", "event complete")),
    "forgeries": (forgeries, ("forged approval", "courier repeat out of order", "courier lose out of order")),
}
"""By name: how a history begins, and what it must come to in every run."""
