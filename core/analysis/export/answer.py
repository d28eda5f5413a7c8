"""What this model answers: `python answer.py "a text" ["its second text"]`, on public libraries alone.

It lies in every export, beside the model, and is all that loading and asking takes: nothing of the lab is imported.
"""

import json
import sys
from pathlib import Path

import numpy as np
from transformers import AutoModelForSequenceClassification, AutoTokenizer

HERE = Path(__file__).resolve().parent


class Exported:
    """The model of a folder: `logits` of texts, `answer` of one."""

    def __init__(self, folder=HERE, threads=None):
        folder = Path(folder)
        self.about = json.loads((folder / "export.json").read_text(encoding="utf-8"))
        self.run = self._onnx(folder, threads) if (folder / "model.onnx").is_file() else self._torch(folder)
        self.tokenizer = AutoTokenizer.from_pretrained(folder)

    def _onnx(self, folder, threads):
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        if threads:
            options.intra_op_num_threads = options.inter_op_num_threads = threads
        path = str(folder / "model.onnx")
        session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        names = [one.name for one in session.get_inputs()]
        return lambda batch: session.run(None, {name: batch[name].astype(np.int64) for name in names})[0]

    def _torch(self, folder):
        import torch

        if (folder / "light_mobilebert.py").is_file():  # makes the cut model known to transformers
            sys.path.insert(0, str(folder))
            import light_mobilebert  # noqa: F401
        adapted = (folder / "adapter_config.json").is_file()
        model = AutoModelForSequenceClassification.from_pretrained(folder / "base" if adapted else folder)
        if adapted:
            from peft import PeftConfig, PeftModel

            settings = PeftConfig.from_pretrained(str(folder))
            settings.layer_replication = None  # of a cut model: the base that lies beside it is cut already
            model = PeftModel.from_pretrained(model, str(folder), config=settings)
        model = model.eval()

        def run(batch):
            with torch.inference_mode():
                return model(**{name: torch.from_numpy(side) for name, side in batch.items()}).logits.float().numpy()

        return run

    def logits(self, texts, pairs=None, batch_size=32):
        """(N, C) in the order of the texts; the longest are answered first, so that little is padding."""
        found = []
        length = self.about["max_length"]
        order = sorted(range(len(texts)), key=lambda i: -len(texts[i]) - len(pairs[i] if pairs else ""))
        for start in range(0, len(order), batch_size):
            chosen = order[start : start + batch_size]
            sides = [[texts[i] for i in chosen]] + ([[pairs[i] for i in chosen]] if pairs else [])
            batch = self.tokenizer(*sides, truncation=True, max_length=length, padding=True, return_tensors="np")
            found.append(self.run(dict(batch)))
        return np.concatenate(found)[np.argsort(order)]

    def answer(self, text, pair=None):
        """{class name: probability}; of a score the one entry `score`."""
        logits = self.logits([text], [pair] if pair is not None else None)[0].astype(float)
        if not self.about["labels"]:
            return {"score": float(logits[0])}
        odds = np.exp(logits - logits.max())
        return dict(zip(self.about["labels"], (odds / odds.sum()).tolist(), strict=True))


if __name__ == "__main__":
    wanted = len(json.loads((HERE / "export.json").read_text(encoding="utf-8"))["columns"])
    if len(sys.argv) != wanted + 1:
        sys.exit(f"this model takes {wanted} text{'s' if wanted > 1 else ''}")
    print(json.dumps(Exported().answer(*sys.argv[1:])))
