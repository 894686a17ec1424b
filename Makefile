# whipcount: thin wrappers around `python -m whipcount.…`; `make help` explains them.
#   DATA=folder   a folder of your own annotated articles instead of the article of June 2016
#   ARGS='…'      settings for training or an experiment, e.g. ARGS='model=mpnet seed=7'
#   OUT=folder    where everything is written (outputs)

PYTHON ?= python3
VENV   ?= .venv
OUT    ?= outputs
DATA   ?=
ARGS   ?=
NAME   ?= gazette_minilm

RUN       := $(VENV)/bin/python
BASELINES := majority target_prior lexicon tfidf
SYSTEMS   := whipcount $(BASELINES)
COMMA     := ,
EMPTY     :=
FOLDERS   := $(if $(DATA),'data.folders=[gazette$(COMMA)"$(DATA)"]')
PERTURBED  = $(if $(wildcard $(OUT)/predictions/whipcount.*.jsonl),'perturbed=["$(OUT)/predictions/whipcount.*.jsonl"]')
FILES     := $(subst $(EMPTY) $(EMPTY),$(COMMA),$(SYSTEMS:%=$(OUT)/predictions/%.jsonl))

.DEFAULT_GOAL := help
.PHONY: help install data train evaluate report controls notebooks experiment test lint clean

help:  ## Show this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-11s %s\n", $$1, $$2}'
	@sed -n '2,4s/^#/ /p' $(firstword $(MAKEFILE_LIST))

install: $(VENV)/installed  ## Make the environment (.venv) with the exact versions of constraints.txt

$(VENV)/installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(RUN) -m pip install --disable-pip-version-check -c constraints.txt -e '.[notebooks,test]'
	@touch $@

data: install  ## Build the dataset: OUT/dataset
	@$(RUN) -m whipcount.build out=$(OUT)/dataset $(FOLDERS)

train: data  ## The whole job: build, train, predict, evaluate, report
	@$(RUN) -m whipcount.train dataset=$(OUT)/dataset out=$(OUT)/model run=$(OUT)/run $(ARGS)
	@$(MAKE) --no-print-directory evaluate

evaluate: install  ## Predict with the model and the baselines, and write OUT/report
	@$(RUN) -m whipcount.predict model=$(OUT)/model data=$(OUT)/dataset out=$(OUT)/predictions/whipcount.jsonl
	@for name in $(BASELINES); do $(RUN) -m whipcount.predict model=$$name data=$(OUT)/dataset out=$(OUT)/predictions/$$name.jsonl || exit 1; done
	@$(MAKE) --no-print-directory report

report: install  ## Write OUT/report anew from the predictions that are there
	@$(RUN) -m whipcount.evaluate gold=$(OUT)/dataset out=$(OUT)/report 'predictions=[$(FILES)]' $(PERTURBED)

controls: install  ## Does it read, or know the names? Predict with names exchanged, masked, …, and write the report anew
	@for kind in swap mask exchange blind; do $(RUN) -m whipcount.predict model=$(OUT)/model data=$(OUT)/dataset out=$(OUT)/predictions/whipcount.jsonl perturb=$$kind || exit 1; done
	@$(MAKE) --no-print-directory report

notebooks: install  ## Open the notebooks in JupyterLab
	$(VENV)/bin/jupyter lab notebooks

experiment: install  ## Run configs/experiment/NAME.yaml with its seeds and record it under experiments/NAME
	@$(RUN) -m whipcount.experiment experiment=$(NAME) $(ARGS)

test: install  ## Run the whole test suite
	$(RUN) -m pytest

lint: install  ## Check style, formatting and types
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy

clean:  ## Remove what was built (OUT and caches), not the environment
	rm -rf $(OUT) .pytest_cache .mypy_cache .ruff_cache .hypothesis
