# Everything runs with Go alone; tools are built once into .cache/bin.

HELM_VERSION        := v4.3.1
HELM3_VERSION       := v3.22.0
REGISTRY_VERSION    := v3.1.2
STATICCHECK_VERSION := v0.8.2
KUBERNETES_VERSION  := v1.36.3
KWOK_VERSION        := v0.8.0

BIN         := $(CURDIR)/.cache/bin
HELM        := $(BIN)/helm-$(HELM_VERSION)
HELM3       := $(BIN)/helm-$(HELM3_VERSION)
REGISTRY    := $(BIN)/registry-$(REGISTRY_VERSION)
STATICCHECK := $(BIN)/staticcheck-$(STATICCHECK_VERSION)
PLANE       := $(BIN)/hchart-controlplane-$(KUBERNETES_VERSION)
KWOK        := $(BIN)/kwok-$(KWOK_VERSION)
FUZZTIME    ?= 5s

.PHONY: build check test race vet fmt fmt-check staticcheck conformance conformance-public record bench bench-rerender bench-stages bench-go fuzz tools clean controlplane cluster cluster-stop test-cluster faults interop races lifecycle bench-cluster bench-repo test-repos test-registry

build: ## build bin/hchart, which needs no C library: that starts half a millisecond sooner
	CGO_ENABLED=0 go build -o bin/hchart ./cmd/hchart

check: build vet fmt-check staticcheck test ## what to run before a commit

test: ## all tests that need nothing but Go
	go test ./...

race:
	go test -race ./...

vet:
	go vet ./...

fmt:
	gofmt -w $$(git ls-files '*.go')

fmt-check:
	@files=$$(gofmt -l $$(git ls-files --cached --others --exclude-standard '*.go')); \
	if [ -n "$$files" ]; then echo "gofmt -w would change:"; echo "$$files"; exit 1; fi

staticcheck: $(STATICCHECK)
	$(STATICCHECK) ./...

# In the folder of the package, where go test shows the summary.
conformance: $(HELM) ## our charts, rendered by hchart and by Helm, and the recordings
	cd test/conformance && HCHART_HELM=$(HELM) go test -count=1

record: $(HELM) ## write testdata/golden anew from Helm
	cd test/conformance && HCHART_HELM=$(HELM) go test -count=1 -run 'TestCharts|TestRecordings|TestGenerated' -record

conformance-public: build $(HELM) ## public charts, where ../shared is at hand
	@if [ -e ../shared/conformance/check.py ]; then \
		python3 ../shared/conformance/check.py $(CURDIR)/bin/hchart --helm $(HELM); \
	else echo "no ../shared here, nothing compared"; fi

# The public charts, where conformance-public has unpacked them. BENCHFLAGS may be
# "-run template -pairs 15 -format markdown -charts DIR".
CORPUS = $(firstword $(wildcard $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/hchart-corpus/*))
bench: build $(HELM) ## Helm and hchart side by side: time, CPU, memory (some 20 minutes)
	go build -o bin/bench ./test/bench
	bin/bench -helm $(HELM) -hchart bin/hchart -corpus "$(CORPUS)" $(BENCHFLAGS)

# More charts than ours: HCHART_BENCH_CORPUS, a corpus, and HCHART_BENCH_CHARTS, a folder of charts.
bench-rerender: ## rendering again what is loaded, against Helm as a library
	cd test/helmref && HCHART_BENCH_CORPUS="$${HCHART_BENCH_CORPUS:-$(CORPUS)}" go run ./rerender/table $(BENCHFLAGS)

# STAGES is a list of charts; without it, charts of ours.
bench-stages: ## load, compose, compile, render, parse, print: what each takes
	go run ./test/bench/stages $(BENCHFLAGS) $(STAGES)

BENCH      ?= .
BENCHCOUNT ?= 6
bench-go: ## the benchmarks of the packages: BENCH=Render BENCHCOUNT=10 for some of them
	go test -run '^$$' -bench '$(BENCH)' -benchmem -count $(BENCHCOUNT) ./chart/... ./engine/... ./release/... ./lint/...

fuzz: ## each fuzz target for FUZZTIME
	@for dir in $$(git ls-files --cached --others --exclude-standard '*_test.go' | grep -v '^test/' | xargs grep -l '^func Fuzz' | xargs -n1 dirname | sort -u); do \
		for target in $$(grep -ho '^func Fuzz[A-Za-z0-9_]*' $$dir/*_test.go | cut -d' ' -f2); do \
			echo "$$dir $$target"; \
			go test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) ./$$dir || exit 1; \
		done; \
	done

# A real control plane of Kubernetes on this machine; test/cluster says what is in it.
# Building it takes some five minutes, once; starting it four seconds.
CLUSTER ?= $(CURDIR)/.cache/cluster
UP       = go run ./test/cluster/up -controlplane $(PLANE) -kwok $(KWOK)

controlplane: $(PLANE) $(KWOK)

cluster: controlplane ## start a control plane, leave it running, say how to reach it: eval $$(make -s cluster)
	@$(UP) -dir $(CLUSTER) -detach
	@echo "# make cluster-stop ends it; the logs are in $(CLUSTER)"

cluster-stop:
	@$(UP) -dir $(CLUSTER) -stop

# The packages with tests that want one; the tests find the programs by these names.
# PACKAGES and TESTFLAGS say which: make test-cluster PACKAGES=./release/kube TESTFLAGS='-v -run Apply'
PACKAGES = $$(git ls-files --cached --others --exclude-standard '*_test.go' | xargs grep -lE '\b(cluster\.)?Need\(t' | xargs -n1 dirname | sort -u | sed 's|^|./|')
test-cluster: controlplane build $(HELM) $(HELM3) ## start a control plane, run the tests that need one, stop it
	HCHART_BIN=$(CURDIR)/bin/hchart HCHART_HELM=$(HELM) HCHART_HELM3=$(HELM3) HCHART_CORPUS="$(CORPUS)" \
		$(UP) -- go test -count=1 -timeout 20m $(TESTFLAGS) $(PACKAGES)

CYCLES ?= 100
SEED   ?= 1
interop: ## Helm 4, Helm 3 and hchart take turns on one release: CYCLES scripts from SEED on
	$(MAKE) test-cluster PACKAGES='./test/interop -cycles $(CYCLES) -seed $(SEED)' TESTFLAGS='-run TestTurns -parallel 4 -timeout 60m'

SCHEDULES ?= 20
races: ## each pair of commands on one release at the same time; BASELINE=-baseline: how Helm does
	$(MAKE) test-cluster PACKAGES='./test/interop -schedules $(SCHEDULES) -seed $(SEED) $(BASELINE)' TESTFLAGS='-v -run TestRaces -parallel 4 -timeout 60m'

lifecycle: ## public charts are installed, upgraded, rolled back and uninstalled by both programs
	$(MAKE) test-cluster PACKAGES=./test/lifecycle TESTFLAGS='-v'

bench-cluster: controlplane build $(HELM) ## requests and time of both programs on a cluster, as a table
	go build -o bin/clusterbench ./test/clusterbench
	$(UP) -- bin/clusterbench -helm $(HELM) -hchart bin/hchart $(BENCHFLAGS)

bench-repo: build $(HELM) ## dependencies, repo update and search on an index of 22 MB: time and memory (some 10 minutes)
	go build -o bin/repobench ./test/repobench
	bin/repobench -helm $(HELM) -hchart bin/hchart $(BENCHFLAGS)

# FAULTFLAGS may be "-every 10 -scenarios install,rollback -workers 8"; the details are
# in bin/faults-*.txt. Helm waits more than it works, so more of it runs at a time.
faults: controlplane build $(HELM) ## interrupt hchart, then Helm, at each of their requests
	go build -o bin/faults ./test/faults/run
	$(UP) -- bin/faults -program bin/hchart -helm $(HELM) -details bin/faults-hchart.txt -strict $(FAULTFLAGS)
	$(UP) -- bin/faults -program $(HELM) -helm $(HELM) -details bin/faults-helm.txt -workers 12 $(FAULTFLAGS)

# nginx is HCHART_NGINX or the one that is found.
test-repos: build $(HELM) ## repositories on a web server, with both programs in turn
	HCHART_BIN=$(CURDIR)/bin/hchart HCHART_HELM=$(HELM) go test -count=1 $(TESTFLAGS) ./test/repos

test-registry: build $(HELM) $(REGISTRY) ## charts in a registry with TLS and passwords, with both programs in turn
	HCHART_BIN=$(CURDIR)/bin/hchart HCHART_HELM=$(HELM) HCHART_REGISTRY=$(REGISTRY) go test -count=1 $(TESTFLAGS) ./test/registry

# HCHART_CLUSTER and HCHART_HELM, where they are set, add the tests that need Helm and a cluster.
test-sql: ## start a PostgreSQL, run the tests that need one, stop it
	test/postgres/run go test -count=1 $(TESTFLAGS) ./release/sql
	cd test/helmref && ../postgres/run go test -count=1 -run SQL $(TESTFLAGS) .

tools: $(HELM) $(HELM3) $(STATICCHECK) $(PLANE) $(KWOK) $(REGISTRY)

$(REGISTRY):
	@mkdir -p $(BIN)
	CGO_ENABLED=0 GOBIN=$(BIN) go install github.com/distribution/distribution/v3/cmd/registry@$(REGISTRY_VERSION)
	@mv $(BIN)/registry $@

$(HELM3):
	@mkdir -p $(BIN)
	GOBIN=$(BIN) go install helm.sh/helm/v3/cmd/helm@$(HELM3_VERSION)
	@mv $(BIN)/helm $@

$(KWOK):
	@mkdir -p $(BIN)
	GOBIN=$(BIN) go install sigs.k8s.io/kwok/cmd/kwok@$(KWOK_VERSION)
	@mv $(BIN)/kwok $@

# Charts look at the version of the server, which its own build writes into it.
KUBE_LDFLAGS = -s -w $(foreach v,gitVersion=$(KUBERNETES_VERSION) gitMajor=1 gitMinor=$(word 2,$(subst ., ,$(KUBERNETES_VERSION))) gitTreeState=clean,-X k8s.io/component-base/version.$(v) -X k8s.io/client-go/pkg/version.$(v))
$(PLANE): test/controlplane/go.mod test/controlplane/main.go
	@mkdir -p $(BIN)
	cd test/controlplane && go build -ldflags '$(KUBE_LDFLAGS)' -o $@.new . && mv $@.new $@

$(HELM):
	@mkdir -p $(BIN)
	GOBIN=$(BIN) go install helm.sh/helm/v4/cmd/helm@$(HELM_VERSION)
	@mv $(BIN)/helm $@

$(STATICCHECK):
	@mkdir -p $(BIN)
	GOBIN=$(BIN) go install honnef.co/go/tools/cmd/staticcheck@$(STATICCHECK_VERSION)
	@mv $(BIN)/staticcheck $@

clean:
	rm -rf bin .cache
	go clean -testcache
