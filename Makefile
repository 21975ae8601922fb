# make setup   everything into .venv, system libraries included     make demo    the whole path, in minutes
# make test    the tests                                            make lint    ruff and mypy
# make bench   speed claims, measured side by side                 make referring-sheet    24 expressions to look at
# make gallery 48 path-traced views (35 minutes on two cores)      make plausibility       does anything float or interpenetrate?
# make assets-sheet   everything that code draws, one picture      make materials-sheet    every family of finishes, likewise
# make exposure is any view blown or black?                        make chaos    24 kills and a full disk (10 minutes)
# make photoreal  path tracing against plain BlenderProc           make endurance  300 scenes: does a worker grow or slow down?
# make raster   raster samples against bare pyrender               make farm     the farm itself: load, manifest, cost model
# make learning  what tiny learns, and of what: margins, generation first, objectives (hours)
# make docs    the pages and pictures that are made of the code
# make loader  training's loader against bare cv2, memory counted  make finetune-gpu  training's speed on a GPU, scores of small (half an hour)
SHELL := /bin/bash
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
DEMO := output/demo
DEMO_MINUTES ?= 9
# What make finetune-gpu trains small on; made where it is missing.
DATA ?= output/benchmarks/solids-256

# System libraries; the image installs the same list.
LIBRARIES := $(shell sed "s/\#.*//" deploy/apt.txt)
# Programs for tests alone, the browser; tests that miss it are skipped.
TOOLS := $(shell sed "s/\#.*//" deploy/apt-dev.txt)

.PHONY: setup demo test chaos lint bench referring-sheet assets-sheet materials-sheet gallery plausibility exposure photoreal endurance raster farm learning loader finetune-gpu docs clean system-libraries
setup: .venv/.ready

.venv/.ready: pyproject.toml constraints.txt | system-libraries
	@test "$$(uname -s)" != Linux -o "$$(uname -m)" = x86_64 || \
	  { echo "An x86-64 machine is needed: Blender's bpy 4.2 and embreex have no wheels for $$(uname -m)"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || \
	  { echo "Python 3.11 is needed (Blender's bpy 4.2 has no other wheels): install it, then make setup PYTHON=/path/to/python3.11"; exit 1; }
	@$(BIN)/python -c 'import pip' 2>/dev/null || $(PYTHON) -m venv .venv
	@$(BIN)/python -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || \
	  { echo ".venv is of another Python than 3.11: delete it, then make setup"; exit 1; }
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

system-libraries:
	@missing=$$(for lib in $(LIBRARIES); do dpkg-query -W -f='$${Status}' $$lib 2>/dev/null | grep -q 'ok installed' || echo $$lib; done); \
	if [ -z "$$missing" ]; then exit 0; fi; \
	if ! command -v apt-get >/dev/null; then \
	  echo "No apt-get here. Blender and OpenGL need these libraries, by Debian's names: $$(echo $$missing)"; exit 0; fi; \
	line="apt-get -o DPkg::Lock::Timeout=300 install -y --no-install-recommends $$(echo $$missing)"; \
	if [ "$$(id -u)" = 0 ]; then apt-get update -qq && DEBIAN_FRONTEND=noninteractive $$line >/dev/null; \
	elif sudo -n true 2>/dev/null; then sudo apt-get update -qq && sudo DEBIAN_FRONTEND=noninteractive $$line >/dev/null; \
	else echo "System libraries are missing. Run this, then make setup again:  sudo $$line"; exit 1; fi
	@missing=$$(for tool in $(TOOLS); do dpkg-query -W -f='$${Status}' $$tool 2>/dev/null | grep -q 'ok installed' || echo $$tool; done); \
	if [ -z "$$missing" ] || ! command -v apt-get >/dev/null; then exit 0; fi; \
	root=$$([ "$$(id -u)" = 0 ] || echo sudo -n); \
	$$root apt-get update -qq >/dev/null 2>&1; for tool in $$missing; do \
	  $$root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 install -y --no-install-recommends $$tool >/dev/null 2>&1 \
	    || echo "Not installed, so tests that need it will be skipped: $$tool"; done

demo: setup
	$(BIN)/plantain generate --scene scenes/primitives.yaml --render render_configs/preview.yaml --set instructions.palette=fixed \
	  --set 'instructions.expressions=[name, color, order]' --samples 1000 --splits train=0.9,val=0.02,test=0.08 --output $(DEMO)/primitives
	$(BIN)/plantain generate --scene scenes/living_room.yaml --render render_configs/cycles_preview.yaml \
	  --samples 10 --shard-size 5 --splits train=1 --output $(DEMO)/living_room
	$(BIN)/plantain preview --scene scenes/living_room.yaml --render render_configs/cycles_preview.yaml --output $(DEMO)/living_room.png
	test -f $(DEMO)/model/plantain.json || \
	  $(BIN)/plantain finetune --data $(DEMO)/primitives --base tiny --set minutes=$(DEMO_MINUTES) --output $(DEMO)/model
	$(BIN)/plantain evaluate --model $(DEMO)/model --data $(DEMO)/primitives --split test --output $(DEMO)/report
	@echo; echo "Made in $(DEMO):"
	@echo "  primitives/   1000 raster views, WebDataset and Parquet     living_room/   10 path-traced views"
	@echo "  model/        the tuned generator, diffusers layout         report/report.json   its scores"
	@echo "Look at $(DEMO)/living_room.png and $(DEMO)/report/sheet.png"

# A file's tests stay in one process, which makes what they share once; a process may take 3 GB.
test: setup
	$(BIN)/python -m pytest -n logical --maxprocesses 4 --dist loadfile

chaos: setup
	CHAOS_KILLS=$${CHAOS_KILLS:-24} $(BIN)/python -m pytest -s tests/chaos

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

referring-sheet: setup
	$(BIN)/python benchmarks/referring.py output/referring.png

assets-sheet: setup
	$(BIN)/python benchmarks/assets_sheet.py output/assets.png

materials-sheet: setup
	$(BIN)/python benchmarks/materials_sheet.py output/materials.png

gallery: setup
	$(BIN)/python benchmarks/gallery.py output/gallery --set samples=32 --set noise_threshold=0.05

plausibility: setup
	$(BIN)/python benchmarks/plausibility.py --views 300
	$(BIN)/python benchmarks/fingerprints.py --scenes 2000 --coverage

exposure: setup
	$(BIN)/python benchmarks/exposure.py

bench: setup
	@set -e; for script in benchmarks/{codecs,labels}.py; do echo "== $$script"; $(BIN)/python $$script; done

photoreal: setup
	$(BIN)/python benchmarks/photoreal.py --equal-bounces

endurance: setup
	$(BIN)/python benchmarks/endurance.py --set samples=4
	$(BIN)/python benchmarks/endurance.py --render render_configs/preview.yaml

raster: setup
	$(BIN)/python benchmarks/raster.py
	$(BIN)/python benchmarks/encoders.py

farm: setup
	$(BIN)/python benchmarks/farm_load.py --shards 10000
	$(BIN)/python benchmarks/manifest.py
	$(BIN)/python benchmarks/scaling.py

learning: setup
	$(BIN)/python benchmarks/tiny_margin.py --output output/benchmarks/margin
	$(BIN)/python benchmarks/pretraining.py --output output/benchmarks/pretraining
	$(BIN)/python benchmarks/objectives.py --output output/benchmarks/objectives

loader: setup
	$(BIN)/python benchmarks/loader.py
	$(BIN)/python benchmarks/memory.py

finetune-gpu: setup
	$(BIN)/python benchmarks/finetune_gpu.py klein
	test -f $(DATA)/test/manifest.json || $(BIN)/plantain generate --scene scenes/primitives.yaml --render render_configs/preview.yaml \
	  --set render.width=256 --set render.height=256 --set instructions.palette=fixed \
	  --set 'instructions.expressions=[name, color, order]' --samples 2000 --splits train=0.9,val=0.02,test=0.08 --output $(DATA)
	$(BIN)/python benchmarks/finetune_gpu.py small --data $(DATA)

docs: setup
	$(BIN)/python docs/reference.py
	$(BIN)/python docs/pictures.py

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache dist
