# make setup && make     everything that is missing, then .build/release/idrscript
# make demo              the main job on the real frames in example_files/
# make test              every test
PREFIX ?= /usr/local
FIXTURES ?= Tests/Fixtures
SWIFT_SOURCES = Package.swift Sources Tests Benchmarks scripts
BUILD = swift build -c release
BIN = .build/release

.PHONY: build setup demo test lint format bench conformance conformance-selftest install clean

build:
	@$(BUILD) --product IDRKit
	@$(BUILD) --product idrscript

setup:
	@Tools/setup.sh

demo: build
	@$(BIN)/idrscript run scripts/mitocheck-controls.swift --output demo-results

test: build
	@$(BUILD) --build-tests
	@swift test -c release --skip-build

lint:
	@swift format lint --strict --recursive $(SWIFT_SOURCES)

format:
	@swift format --in-place --recursive $(SWIFT_SOURCES)

bench: build
	@$(BUILD) --product idrkit-bench
	@$(BIN)/idrkit-bench

conformance:
	@$(BUILD) --product idrkit-conformance
	@$(BIN)/idrkit-conformance $(FIXTURES)

conformance-selftest:
	@$(BUILD) --product idrkit-conformance
	@$(BIN)/idrkit-conformance --selftest $(FIXTURES)

install: build
	@Tools/install.sh "$(PREFIX)"

clean:
	@rm -rf .build demo-results
