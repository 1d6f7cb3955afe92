# make setup && make     everything that is missing, then .build/release/idrscript
# make demo              the main job on the real frames in example_files/
# make provenance        the demo, run anew and published
# make test              every test
# make test-tools        the Python packages that some tests compare with; without them these tests are skipped
# make validate          every crate of the record in RECORD before the field's own validator
# make conformance       agreement with the original programs, over the fixtures in FIXTURES
# make screens           what the tables of every study in STUDIES give, beside what is right: EXPECTED, else EXPECTED.tsv in that folder
# make fuzz              our parsers of foreign bytes, RUNS inputs each (libFuzzer); TARGETS="csv zip" chooses
# make sanitize          the tests of what reads files, with the address sanitizer
# make torture           runs are killed, stopped, damaged and refused at every call, and continue: KILLS=1000, SHARE=ci (all is every fault at
#                        every call), PARTS="sites kill signals rot power"; CASE=name repeats what it has named
# make docs              the documentation, in .build/docs; a broken link or an undocumented public symbol is an error
# make bench             speed and memory, against their goals; GROUPS="runs notebook" chooses
PREFIX ?= /usr/local
FIXTURES ?= Tests/Fixtures
STUDIES ?= Tests/Screens/made-up
EXPECTED ?= $(STUDIES)/EXPECTED.tsv
SWIFT_SOURCES = Package.swift Sources Tests Benchmarks Fuzz/Package.swift Fuzz/Sources scripts
BUILD = swift build -c release
BIN = .build/release
RECORD ?= demo-results
RUNS ?= 2000
SANITIZED ?= IDRFormatsTests|IDRHDF5Tests|IDRTablesTests
KILLS ?= 1000
SHARE ?= ci
PARTS ?= sites kill signals rot power
CASE ?=
TEST_PYTHON = .build/test-python
TEST_REQUIREMENTS = Tools/test-requirements.txt

.PHONY: build setup demo provenance validate test sanitize test-tools bench docs conformance conformance-selftest screens fuzz torture lint format install clean

build:
	@$(BUILD) --product IDRKit
	@$(BUILD) --product idrscript
	@$(BUILD) --target IDRScriptMain
	@Tools/stamp.sh $(BIN)

setup:
	@Tools/setup.sh

demo: build
	@$(BIN)/idrscript run scripts/mitocheck-controls.swift --output demo-results

validate:
	@Tools/validate_crate.sh --all "$(RECORD)"

# The demo's record as it is kept in provenance/; say in CHANGELOG.md why its numbers changed.
provenance: build
	@rm -rf demo-results
	@$(BIN)/idrscript run scripts/mitocheck-controls.swift --no-cache --output demo-results
	@rm -rf provenance/mitocheck-controls
	@$(BIN)/idrscript publish demo-results --to provenance/mitocheck-controls

test: build
	@$(BUILD) --build-tests
	@swift test -c release --skip-build

# The copy of the requirements is made last: it says that the packages are there.
test-tools:
	@cmp -s $(TEST_REQUIREMENTS) $(TEST_PYTHON)/requirements.txt || { python3 -m venv $(TEST_PYTHON) && \
		$(TEST_PYTHON)/bin/python3 -m pip install --quiet --disable-pip-version-check -r $(TEST_REQUIREMENTS) && \
		cp $(TEST_REQUIREMENTS) $(TEST_PYTHON)/requirements.txt; }

conformance:
	@$(BUILD) --product conformance
	@$(BIN)/conformance "$(FIXTURES)"

conformance-selftest:
	@$(BUILD) --product conformance
	@$(BIN)/conformance --selftest "$(FIXTURES)"

screens:
	@$(BUILD) --product screens
	@$(BIN)/screens "$(STUDIES)" "$(EXPECTED)"

fuzz:
	@Tools/fuzz.sh $(RUNS) $(TARGETS)

# Foreign libraries keep memory to the end of a process, on purpose: leaks are not looked for. Readers crash in tests, on purpose as well.
sanitize:
	@ASAN_OPTIONS=detect_leaks=0:handle_segv=0 swift test -c debug --sanitize address --scratch-path .build/sanitize --filter '$(SANITIZED)'

torture:
	@KILLS="$(KILLS)" SHARE="$(SHARE)" PARTS="$(PARTS)" CASE="$(CASE)" Tools/torture.sh

docs: build
	@Tools/docs.sh $(BIN) .build/docs

bench: build
	@$(BUILD) --product benchmarks
	@$(BIN)/benchmarks $(GROUPS)

lint:
	@swift format lint --strict --recursive $(SWIFT_SOURCES)

format:
	@swift format --in-place --recursive $(SWIFT_SOURCES)

install: build
	@Tools/install.sh "$(PREFIX)"

clean:
	@rm -rf .build demo-results
