# Every target makes its own environment first; nothing outside .venv and build is touched.
PYTHON ?= python3
VENV   := .venv
COURSE := $(VENV)/bin/course
READY  := $(VENV)/.installed

.PHONY: start test site bench clean

start: $(READY)          ## the board, and the site served on this machine
	@$(COURSE) start

test: $(READY)           ## the project's own tests
	@$(VENV)/bin/python -m pytest -n 3 --dist loadscope

site: $(READY)           ## the site, built strictly into build/site
	@$(COURSE) author build

bench: $(READY)          ## timings as ratios, printed and written to build/bench.json
	@$(VENV)/bin/python -m benchmarks

clean:                   ## remove what was generated; your exercises and .course stay
	rm -rf build $(VENV)

$(READY): pyproject.toml constraints.txt
	@echo "Setting up .venv: about 700 MB are downloaded the first time; one to three minutes."
	@test -x $(VENV)/bin/python || $(PYTHON) -m venv $(VENV)
	@$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[dev]"
	@touch $(READY)
	@echo "Set-up done."
