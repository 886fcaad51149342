# Every target works with Go, make and git alone; tools are fetched at the versions pinned under tools/.

export CGO_ENABLED ?= 0

.PHONY: build demo test test-wine test-release lint fmt schema fixtures docs bench bench-readers fuzz vuln windows release clean

build: ## the program: bin/exvet
	@mkdir -p bin
	go build -trimpath -o bin/exvet ./cmd/exvet

demo: build ## the main job on an example server with foreign integrations; findings are what it shows
	@echo '$$ exvet scan testdata/evidence/contoso'
	@bin/exvet scan testdata/evidence/contoso; code=$$?; \
	if [ $$code -ne 2 ]; then echo "demo: exvet exited $$code, want 2: findings" >&2; exit 1; fi

test: ## everything this machine allows
	@tools/test.sh

test-wine: ## exvet.exe on made servers in Wine; the first run makes a Windows of 700 MB in the user's cache
	go test -count=1 -v ./testdata/wine

lint: ## the linters alone
	@tools/test.sh lint

fmt: ## lay every source out as the linters want it
	@tools/fmt.sh

schema: ## draw the schemas of snapshots, reports, waivers and probes from the Go types
	go test ./collectors -run '^TestSchema' -update

fixtures: ## render fixtures and known data from Jsonnet
	go test ./bundles -run '^TestRendered' -update
	go run ./cmd/exvet rule test bundles/example

docs: ## write the rule pages in docs/rules from the rules' METADATA and tests, and the list of modules in NOTICE
	go test ./cmd/exvet -run '^(TestDocsRules|TestNotice)' -update

bench: ## every budget, beside opa, conftest and a loop in Go; the table stands in docs/performance.md. ROUNDS=5; QUICK=-quick for a part
	@mkdir -p bin
	go build -modfile=tools/opa/go.mod -o bin/opa github.com/open-policy-agent/opa
	go build -modfile=tools/conftest/go.mod -o bin/conftest github.com/open-policy-agent/conftest
	go run ./testdata/bench -tools bin -rounds $(or $(ROUNDS),5) $(QUICK)

bench-readers: ## the benchmarks of each package, and those beside other libraries
	go test ./... -run '^$$' -bench . -benchmem
	cd tools/evtx && go test -run '^$$' -bench . -benchmem

fuzz: ## every fuzz target for a minute
	tools/fuzz.sh 1m

vuln: ## known vulnerabilities in what the code reaches, by the database pinned in tools/vuln
	tools/vuln.sh

windows: ## bin/windows-amd64/exvet.exe and bin/windows-arm64/exvet.exe
	tools/resources.sh
	GOOS=windows GOARCH=amd64 go build -trimpath -o bin/windows-amd64/exvet.exe ./cmd/exvet
	GOOS=windows GOARCH=arm64 go build -trimpath -o bin/windows-arm64/exvet.exe ./cmd/exvet

release: ## archives, installers, packages, bills of material and checksums in dist/, from the commit that is checked out
	tools/release.sh

test-release: ## make a release in two clean clones, compare the bytes, install and uninstall it
	tools/test-release.sh

clean:
	rm -rf bin dist cmd/exvet/*.syso
