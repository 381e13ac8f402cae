# Everything here needs only make and Python 3.11 or newer.
# It is written in the make of POSIX, so that no make is too old for it.

BIN = .venv/bin
RUN = sh scripts/check

.PHONY: help setup demo test lint contracts pages bench soak package lock clean

help: ## Say what there is to make / 作れるものの一覧
	@awk -F ' *## ' '/^[a-z]+:.* ## /{sub(/:.*/, "", $$1); printf "make %-9s %s\n", $$1, $$2}' Makefile

setup: .venv/.product ## Make .venv/bin/tsunagu / .venv/bin/tsunagu を用意する
	@echo $(BIN)/tsunagu

demo: .venv/.product ## Watch a short story happen (ARGS="--once") / 短い物語を動かして見る
	@$(BIN)/tsunagu demo $(ARGS)

test: lint ## Check everything / すべてを検査する
	@$(BIN)/pytest -n 3 --dist loadfile -m "not soak" $(ARGS)

lint: .venv/.development ## Check what can be checked without running / 静的検査だけを行う
	@$(RUN) ruff check .
	@$(RUN) ruff format --check .
	@$(RUN) mypy & mypy=$$!; status=0; $(RUN) basedpyright || status=$$?; wait $$mypy && exit $$status
	@$(RUN) lint-imports

contracts: .venv/.product ## Write what other systems see / 外部に見せる仕様を書き出す
	@$(BIN)/python -m adapters.http.openapi
	@$(BIN)/python -m adapters.nats.asyncapi
	@$(BIN)/python -m adapters.playing.schema

pages: .venv/.product ## Write what docs/ says of the domain / ドメインの説明ページを書き出す
	@$(BIN)/python -m adapters.pages

bench: .venv/.development ## Measure, into build/bench.json / 測定し build/bench.json に書く
	@$(BIN)/python -m benchmarks $(ARGS)

soak: .venv/.development ## Run the longer proofs (MINUTES=30) / 長い検証を行う
	@MINUTES=$(MINUTES) $(BIN)/pytest -m soak $(ARGS)

package: .venv/.product ## Build a wheel and prove it elsewhere / wheel を作り、別の場所で確かめる
	@sh scripts/package

lock: .venv/.development ## Renew the locks (ARGS=--upgrade) / ロックファイルを更新する
	@sh scripts/lock $(ARGS)

clean: ## Remove what make made, never data / make の生成物を消す（データは消さない）
	rm -rf .venv build dist .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/.product: locks/product.txt locks/build.txt pyproject.toml scripts/setup
	@sh scripts/setup product build
	@touch $@

# The development lock holds everything the other two hold.
.venv/.development: locks/development.txt pyproject.toml scripts/setup
	@sh scripts/setup development
	@touch .venv/.product $@
