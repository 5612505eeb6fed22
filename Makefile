# Two commands do everything on a fresh Debian or Ubuntu: `make run` and `make test`.
# `make lint` and `make benchmarks` are for those who change the program.

.PHONY: run test lint benchmarks clean
VENV := .venv/bin

run: .venv/.ready
	@tools/run

test: .venv/.ready
	@tools/peer
	@$(VENV)/python -m pytest -n 2 --dist loadgroup $(ARGS)

lint: .venv/.ready
	$(VENV)/ruff check .
	$(VENV)/ruff format --check .
	$(VENV)/mypy
	$(VENV)/lint-imports

benchmarks: .venv/.ready
	$(VENV)/python -m benchmarks $(ARGS)

.venv/.ready: requirements.lock tools/prepare
	@tools/prepare
	@touch $@

clean:
	rm -rf .venv training .pytest_cache .mypy_cache .ruff_cache .hypothesis
