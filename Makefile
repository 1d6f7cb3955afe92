# make setup && make     everything that is missing, then .build/release/idrscript
# make demo              the main job on the real frames in example_files/
# make test              every test
PREFIX ?= /usr/local
SWIFT_SOURCES = Package.swift Sources Tests scripts
BUILD = swift build -c release
BIN = .build/release

.PHONY: build setup demo test lint format install clean

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

install: build
	@Tools/install.sh "$(PREFIX)"

clean:
	@rm -rf .build demo-results
