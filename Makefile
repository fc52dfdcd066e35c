# The commands of the project. Each is a script in .ci, which says what it does.
.PHONY: demo demo-stop screenshot test bench fuzz interop lint format

demo: ## Builds everything, starts the collector and indexes DIR as job chains: make demo [DIR=…] [PORT=…]
	@DIR="$(DIR)" PORT="$(PORT)" bash .ci/demo

demo-stop: ## Ends the collector that the demo started
	@bash .ci/demo-stop

screenshot: ## Takes the pictures of the README and the guides
	@bash .ci/install-packages test
	@bash .ci/replan collector/.build
	@swift build --package-path collector --product queuert-collector
	@python3 .ci/screenshot "$$(swift build --package-path collector --show-bin-path)/queuert-collector"

test: ## Runs everything: installs what is missing, generates, lints, builds, tests
	@bash .ci/test

bench: ## Runs the benchmarks, one JSON object per line: make bench [ONLY="sqlite otel.span"]
	@bash .ci/install-packages test
	@bash .ci/bench $(ONLY)

fuzz: ## Has libFuzzer look for requests that stop the collector: make fuzz [SECONDS=60]
	@bash .ci/install-packages test
	@bash .ci/fuzz $(SECONDS)

interop: ## Sends our spans to another collector, and another SDK's spans to ours
	@bash .ci/install-packages test
	@bash .ci/interop

lint: ## Checks the format, and what is generated: installs what that needs
	@bash .ci/install-packages test
	@bash .ci/lint

format: ## Formats the code
	@swift format --in-place --recursive Package.swift Sources Tests Examples collector
