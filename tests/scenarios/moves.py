"""The machine: people at work at random, honest and not, with a courier that loses, repeats, delays and reorders."""

import contextlib
import random
from collections import Counter

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from ctcase.app import access, decisions
from ctcase.errors import Refused
from ctcase.log import payload
from ctcase.log.entry import Draft
from ctcase.log.payload import FieldSet, Sets, Step
from ctcase.store import queries
from ctcase.workflow.referral import TABLE

FIELDS = ("person.first_name", "person.city", "case.location_of_recruitment")
WORKERS = ("sup", "cw1", "cw2")
EVERYBODY = ("office", *WORKERS)
HONEST = {
    "role_missing", "not_your_case", "four_eyes", "state_forbids", "needs_missing", "consent_missing",
    "conflict_stale", "not_enrolled", "sender_revoked", "not_found",
}  # fmt: skip
"""What an honest program may be told no with; anything else is a fault."""
MOST_CASES = 3

MOVES = (
    ("open_case", 2, {"name": WORKERS, "k": 16}),
    ("edit", 9, {"name": WORKERS, "k": 16, "which": 4}),
    ("decide_value", 3, {"name": EVERYBODY, "k": 16, "keep": 2}),
    ("consent", 3, {"name": WORKERS, "k": 16, "take": 2}),
    ("read_section", 1, {"name": EVERYBODY, "k": 16}),
    ("act", 18, {"name": WORKERS, "k": 16, "j": 16}),
    ("cheat", 3, {"name": WORKERS, "k": 16, "j": 16, "event": tuple(sorted(TABLE))}),
    ("approve_own", 1, {"name": WORKERS, "k": 16}),
    ("forge", 1, {"name": WORKERS, "k": 16, "to": EVERYBODY, "how": ("signature", "depth", "stranger")}),
    ("transfer", 2, {"name": ("office", "sup"), "k": 16}),
    ("adopt", 1, {"k": 16}),
    ("close_fork", 1, {"k": 16}),
    ("roster", 2, {"name": WORKERS, "what": ("enrol", "promote", "demote", "move", "revoke"), "k": 16}),
    ("accept", 1, {"name": WORKERS}),
    ("new_key", 1, {"name": WORKERS, "k": 16}),
    ("clock", 1, {"name": WORKERS, "off": (0, 0, -(10**9), -86_400, 3600, 10**8)}),
    ("snapshot", 2, {"name": EVERYBODY}),
    ("set_back", 2, {"k": 16, "restored": 2}),
    ("copied_disk", 1, {"name": WORKERS, "before": 2, "after": 2, "k": 16}),
    ("back_up", 1, {"name": WORKERS}),
    ("restore", 1, {"k": 16}),
    ("restart", 1, {"name": EVERYBODY}),
    ("meet", 6, {"one": EVERYBODY, "other": EVERYBODY}),
    ("visit_the_office", 6, {"name": WORKERS}),
    ("write", 4, {"sender": EVERYBODY, "to": EVERYBODY}),
    ("courier", 5, {"k": 16, "fate": ("deliver", "deliver", "deliver", "repeat", "lose", "look")}),
    ("damage", 1, {"k": 16, "place": 1000, "bit": 8}),
)
"""What happens on a busy day: the move, how often, and what its arguments are drawn from (a number: below it)."""

worker, anybody = st.sampled_from(WORKERS), st.sampled_from(EVERYBODY)
pick, few = st.integers(0, 15), st.integers(0, 3)


def machine(new_world, judging, watching, shape):
    """The machine's class; each example gets a world of its own and begins with a shape of history.

    Its `seen` counts what the histories came to, `reached` in how many histories that was.
    """
    counted, in_histories = Counter(), Counter()

    class Exchange(RuleBasedStateMachine):
        seen, reached = counted, in_histories

        @initialize(seed=st.integers(0, 2**32), length=st.integers(30, 60))
        def begin(self, seed, length):
            self.seed, self.world, self.values = seed, new_world(seed), 0
            self.watch = watching.Watch(self.world, judging)
            self.watch.look()
            self.first = self.world.case("cw1", first_name="v0")
            self.world.consent("cw1", self.first)
            self.first_referral = self.world.refer("cw1", self.first)
            for name in ("cw1", "sup"):
                self.meet(name, "office")
            self.watch.look()
            for done in shape(self):
                self.after(done)
            if seed % 3 and self.world["cw2"].roster is None:
                self.world.join("cw2")
            self.busy_days(seed, length)

        @rule(seed=st.integers(0, 2**32), length=st.integers(1, 40))
        def busy_days(self, seed, length):
            """Many moves at once, so that even few histories go far; `length` is what a failure is shortened by."""
            chance = random.Random(f"{shape.__name__} {seed}")
            weights = [weight for _, weight, _ in MOVES]
            for _ in range(length):
                ((move, _, wanted),) = chance.choices(MOVES, weights)
                drawn = {
                    name: chance.randrange(of) if isinstance(of, int) else chance.choice(of)
                    for name, of in wanted.items()
                }
                getattr(self, move)(**drawn)
                self.after(move)

        def after(self, move):
            """Whatever changed is checked at once."""
            self.watch.note("move")
            if self.watch.look():
                self.watch.note(f"did {move}")

        # --- helpers ---

        def stream(self, name, k):
            streams = self.world.streams(name)
            return streams[k % len(streams)] if streams else None

        @contextlib.contextmanager
        def honest(self):
            code = None
            try:
                yield
            except Refused as refusal:
                code = refusal.code
            assert code is None or code in HONEST, code

        def is_listed(self, name):
            """Whether the office knows his key. One that it never hears of leaves work that nobody can vouch for."""
            held = self.world["office"].roster
            return self.world[name].device_id in {device.id for device in held.devices}

        def value(self):
            self.values += 1
            return f"v{self.values}"

        def on_screen(self, name, stream, field):
            """What the case file shows of a field: its value, and those beside it in a conflict."""
            shown = self.world.show(name, stream)
            record, _, plain = field.partition(".")
            now = next((it.fields.get(plain) for it in shown.records if it.id == record), None)
            beside = [it for it in shown.conflicts if it.field == field]
            return now, {one.value for it in beside for one in (it.ours, *it.theirs)}

        def wrote(self, name, stream, entry):
            """What an enrolled member's program let pass takes effect, but on a device with two histories."""
            if entry and self.world[name].enrolled == "yes":
                why = self.world.folded(name, stream).folded.void.get(entry)
                assert why in (None, "fork", "closed"), why

        # --- cases ---

        @rule(name=worker, k=pick)
        def open_case(self, name, k):
            if len(self.world.streams(name)) < MOST_CASES:
                stream = self.world.case(name, first_name=self.value())
                with self.honest():
                    self.world.consent(name, stream)
                    self.world.refer(name, stream)

        @rule(name=worker, k=pick, which=few)
        def edit(self, name, k, which):
            stream, field = self.stream(name, k), FIELDS[which % len(FIELDS)]
            if stream:
                now, _ = self.on_screen(name, stream, field)
                with self.honest():
                    entry = self.world.set(name, stream, self.value(), field)
                    self.watch.shown[entry] = {tuple(field.split(".")): {now}}
                    self.wrote(name, stream, entry)

        @rule(name=anybody, k=pick, keep=st.booleans())
        def decide_value(self, name, k, keep):
            found = [
                it for it in decisions.conflicts(self.world[name]).conflicts if "referral" not in it.field
            ]
            if found:
                one = found[k % len(found)]
                every = (one.ours, *one.theirs)
                kept = every[k % len(every)]
                said = {"keep": kept.entry} if keep else {"value": self.value()}
                with self.honest():
                    entry = decisions.resolve_conflict(self.world[name], one.id, **said).value.entry
                    values = {it.value for it in every} - ({kept.value} if keep else set())
                    self.watch.shown[entry] = {tuple(one.field.split(".")): values}
                    self.wrote(name, one.case, entry)

        @rule(name=worker, k=pick, take=st.booleans())
        def consent(self, name, k, take):
            stream = self.stream(name, k)
            if stream:
                given = sorted(
                    one for one, it in self.world.folded(name, stream).folded.consents.items() if it.in_force
                )
                with self.honest():
                    if not take:
                        self.wrote(name, stream, self.world.consent(name, stream).entry)
                    elif given and k % 3 == 0:
                        self.wrote(
                            name, stream, self.world.withdraw(name, stream, given[k % len(given)]).entry
                        )

        @rule(name=anybody, k=pick)
        def read_section(self, name, k):
            stream = self.stream(name, k)
            if stream:
                with self.honest():  # there is no such record in a case whose opening is void
                    access.record_reading(self.world[name], stream, "person", "identity")

        # --- referrals ---

        @rule(name=worker, k=pick, j=pick)
        def act(self, name, k, j):
            self.step(name, k, j)

        @rule(name=worker, k=pick, j=pick)
        def act_again(self, name, k, j):
            self.step(name, k, j)

        def step(self, name, k, j):
            """One of the events that the program offers; what it offers, it does."""
            stream = self.stream(name, k)
            shown = self.world.show(name, stream).referrals if stream else []
            if not shown:
                return
            one = shown[j % len(shown)]
            offered = [it.event for it in one.available if it.allowed and (it.event != "withdraw" or j == 0)]
            if not offered:
                return
            event = offered[j % len(offered)]
            keeps = one.rivals[j % len(one.rivals) :] if event == "decide" else ()
            self.take(name, one.id, event, keeps)

        def take(self, name, referral, event, keeps=()):
            """One event; a decision keeps the first of `keeps` that its author may keep. The entry, if it was done."""
            for keep in keeps or ("",):
                done, code = None, None
                try:
                    done = self.world.do(name, referral, event, **({"keep": keep} if keep else {}))
                except Refused as refusal:
                    code = refusal.code
                if done is None:
                    assert event == "decide" or code in ("needs_missing", "consent_missing"), code
                    continue
                self.wrote(name, self.case_of(name, referral), done.entry)
                if TABLE[event].discloses:
                    self.watch.facts.add(done.entry)
                return

        def case_of(self, name, referral):
            with self.world[name].look() as connection:
                return queries.find_referral(connection, referral)[0]

        @rule(name=worker, k=pick, j=pick, event=st.sampled_from(sorted(TABLE)))
        def cheat(self, name, k, j, event):
            """A changed program: any event, on any step, approved by whom it likes."""
            stream = self.stream(name, k)
            if not stream or j % 2:
                return
            state = self.world.folded(name, stream)
            steps = [one for one in state.folded.ordered if state.graph.entries[one].header.kind == "step"]
            machines = sorted(state.folded.machines)
            if steps and machines:
                consent = sorted(state.folded.consents)[:1]
                terms = (
                    {"consent": consent[0], "basis": "consent"} if consent and TABLE[event].content else {}
                )
                terms |= {"keep": steps[-1]} if event == "decide" else {}
                entry = self.world.cheat(
                    name, stream, machines[k % len(machines)], event, steps[j % len(steps)], **terms
                )
                if TABLE[event].discloses:
                    self.watch.facts.add(entry)

        @rule(name=worker, k=pick)
        def approve_own(self, name, k):
            """The author of the content approves it with his own key."""
            stream = self.stream(name, k)
            for machine in self.world.folded(name, stream).folded.machines.values() if stream else ():
                author = machine.head.basis.content_author
                if machine.state == "submitted" and author == self.world.people[name].member:
                    one = self.world.cheat(name, stream, machine.id, "approve", machine.head.entry)
                    assert one in self.world.folded(name, stream).folded.void
                    return

        @rule(name=worker, k=pick, to=anybody, how=st.sampled_from(["signature", "depth", "stranger"]))
        def forge(self, name, k, to, how):
            """An entry that is not authentic, on the wire among others: it is kept apart and takes no effect."""
            stream, session = self.stream(name, k), self.world[name]
            if not stream or name == to or session.roster is None or session.enrolled != "yes":
                return
            machines = sorted(self.world.folded(name, stream).folded.machines.values(), key=lambda it: it.id)
            waiting = [it for it in machines if it.state == "submitted"]
            body = payload.write(Sets("person", {"first_name": FieldSet("forged")}))
            draft = Draft("set", (("person", "identity", body),))
            if waiting:
                body = payload.write(Step("approve", waiting[0].head.entry))
                draft = Draft("step", ((waiting[0].id, "control", body),))
            bad = self.world.forge(name, stream, how, draft)
            if self.world.smuggle(name, to, bad):
                self.watch.forged.add(bad.id)
                self.watch.approvals.update([bad.id] if waiting else [])

        # --- the office ---

        @rule(name=st.sampled_from(["office", "sup"]), k=pick)
        def transfer(self, name, k):
            stream = self.stream(name, k)
            if stream:
                there = self.world.folded(name, stream).folded.team
                with self.honest():
                    self.wrote(
                        name,
                        stream,
                        self.world.transfer(name, stream, "South" if there == "North" else "North"),
                    )

        @rule(k=pick)
        def adopt(self, k):
            found = decisions.proposals(self.world["office"]).proposals
            if found:
                chosen = [it.entry for it in found[: 1 + k % 3]]
                with self.honest():
                    decisions.adopt(self.world["office"], chosen)

        @rule(k=pick)
        def close_fork(self, k):
            found = decisions.forks(self.world["office"]).forks
            if found:
                one = found[k % len(found)]
                keep = one.entries if k % 2 else one.entries[:1]
                with self.honest():
                    decisions.close_fork(self.world["office"], one.device, keep)

        @rule(name=worker, what=st.sampled_from(["enrol", "promote", "demote", "move", "revoke"]), k=pick)
        def roster(self, name, what, k):
            enrolled = name in judging.live(self.world)
            own = ("supervisor",) if name == "sup" else ("caseworker",)
            with self.honest():
                if what == "enrol" and not enrolled:
                    if not self.is_listed(name) and self.world[name].roster is None:
                        self.world.enrol(name, ("North", "South")[k % 2])
                    else:
                        self.world.enrol_again(name)
                elif enrolled and what == "promote":
                    self.world.rights(name, roles=("caseworker", "supervisor"))
                elif enrolled and what == "demote":
                    self.world.rights(name, roles=own)
                elif enrolled and what == "move" and k % 3 == 0:
                    self.world.rights(name, team=("North", "South")[k % 2])
                elif enrolled and what == "revoke" and k % 4 == 0:
                    self.world.revoke(name)

        @rule(name=worker)
        def accept(self, name):
            self.world.accept(name)

        @rule(name=worker, k=pick)
        def new_key(self, name, k):
            """Somebody who was revoked, or restored a backup, asks anew."""
            if self.is_listed(name) and (self.world[name].enrolled == "revoked" or k == 0):
                self.world.rekey(name)

        @rule(name=worker, off=st.sampled_from([0, 0, -(10**9), -86_400, 3600, 10**8]))
        def clock(self, name, off):
            self.world.people[name].clock.off = off

        # --- disks ---

        @rule(name=anybody)
        def snapshot(self, name):
            self.world.snapshot(name)

        @rule(k=pick, restored=st.booleans())
        def set_back(self, k, restored):
            """A copied disk goes on with the old key, or a backup is restored: a new device."""
            if self.world.snapshots and k % 2:
                name = self.world.set_back(k % len(self.world.snapshots))
                if name:
                    self.watch.set_back(name)
                    if name == "office" or (restored and self.is_listed(name)):
                        self.world.rekey(name)
                    if (
                        name == "office"
                    ):  # the root store was not set back: it enrols its own administrator again
                        self.world.enrol_again(name)

        @rule(name=worker)
        def back_up(self, name):
            self.world.back_up(name)

        @rule(k=pick)
        def restore(self, k):
            """Somebody's computer is gone: he goes on from a backup, as a device that the office has to enrol."""
            if self.world.backups:
                number = k % len(self.world.backups)
                if self.is_listed(self.world.backups[number][0]):
                    name = self.world.restore(number)
                    self.watch.set_back(name)
                    self.watch.restored.add(self.world[name].device_id)

        @rule(name=anybody)
        def restart(self, name):
            """The program ends and is started again: what it reported as saved is there."""
            self.world.reopen(name)

        @rule(name=worker, before=st.booleans(), after=st.booleans(), k=pick)
        def copied_disk(self, name, before, after, k):
            """The vault writes and meets the office, then its disk is set back; it may write at once."""
            number = self.world.snapshot(name)
            if before:
                self.edit(name, k, 0)
            self.post_now(name, "office")
            if self.world.set_back(number) is None:
                return
            self.watch.set_back(name)
            if after:
                self.edit(name, k, 1)

        # --- bundles ---

        @rule(one=anybody, other=anybody)
        def meet(self, one, other):
            if one != other:
                self.post_now(one, other)
                self.post_now(other, one)

        @rule(name=worker)
        def visit_the_office(self, name):
            self.meet(name, "office")

        def post_now(self, sender, to):
            for seen in self.world.send(sender, to):
                self.judge_read(seen)

        def judge_read(self, seen):
            assert seen.status in ("new", "known", "refused"), seen
            if seen.error:
                allowed = {"not_addressed", "sender_unknown", "sender_revoked", "not_enrolled"}
                assert seen.error.code in allowed, seen.error

        @rule(sender=anybody, to=anybody)
        def write(self, sender, to):
            if sender != to:
                self.world.post += [(to, data) for data in self.world.bundles(sender, to)]

        @rule(k=pick, fate=st.sampled_from(["deliver", "deliver", "deliver", "repeat", "lose", "look"]))
        def courier(self, k, fate):
            if self.world.post:
                place = k % len(self.world.post)
                to, data = self.world.post[place]
                if fate == "look":
                    before = self.world.status(to), self.world.shared(to)
                    seen = self.world.read(to, data, look=True)
                    assert (self.world.status(to), self.world.shared(to)) == before, (
                        "a preview changed something"
                    )
                    assert self.world.read(to, data) == seen, "a preview told something else"
                elif fate != "lose":
                    self.judge_read(self.world.read(to, data)[0])
                self.watch.note(f"courier {fate}" + (" out of order" if place else ""))
                if fate != "repeat":
                    del self.world.post[place]

        @rule(k=pick, place=st.integers(0, 999), bit=st.integers(0, 7))
        def damage(self, k, place, bit):
            """A bundle with one bit changed is refused and changes nothing."""
            if self.world.post:
                to, data = self.world.post[k % len(self.world.post)]
                broken = bytearray(data)
                broken[place * len(data) // 1000] ^= 1 << bit
                before = self.world.status(to), self.world.shared(to)
                (seen,) = self.world.read(to, bytes(broken))
                assert seen.status in ("refused", "damaged")
                assert (self.world.status(to), self.world.shared(to)) == before

        # --- what holds ---

        @invariant()
        def holds(self):
            self.watch.look()

        def teardown(self):
            if not hasattr(self, "watch"):
                return
            self.watch.look()
            for to, data in self.world.post[::-1]:  # what was late comes at last, in the wrong order
                self.judge_read(self.world.read(to, data)[0])
                self.watch.look()
            for name in EVERYBODY:  # what was reported as saved is on the disk
                self.world.reopen(name)
            self.watch.look()
            judging.heal(self.world)
            self.watch.look()
            judging.check_all(self.world, forged=self.watch.forged, seed=self.seed)
            watching.tally(self.watch, counted, in_histories)

    return Exchange
