"""What the platform said of one cell, against what other programs say."""

import json

import numpy as np

from reference import detection, keras_forward, onnx_forward
from reference.neighbours import label_agreement, wrong_entries
from reference.objectives import LOSSES, metric
from reference.perception import up_to_sign, vectors


def figures(data, origin, folder, record):
    """Every figure of the cell; those that do not apply are left out."""
    said = json.loads((record / "record.json").read_text())
    read = lambda name, dtype=np.float32: np.fromfile(record / name, dtype)
    units = sum(layer["units"] for layer in said["layers"])
    mean, largest = (read(f"{which}.f32").reshape(data.rows, units) for which in ("mean", "max"))
    stored = read("vectors.f32").reshape(data.rows, -1)
    forward = reference(data, origin, folder, record)
    out = {
        "samples": data.rows,
        "units": units,
        "dimensions": stored.shape[1],
        "explained": said["explainedVariance"],
    }
    out.update(responses(said["layers"], forward.layers, mean, largest))
    out["vectors"] = up_to_sign(
        vectors(mean, [layer["units"] for layer in said["layers"]]), stored.astype(np.float64)
    )
    out["similar"] = sum(wrong_entries(stored, entry["row"], entry["found"]) for entry in said["similar"])
    out.update((judged_boxes if data.task == "detection" else judged)(data, said, forward, read))
    labels = data.labels()
    if labels is not None:
        out["agreement"] = label_agreement(stored, labels)
        out["rawAgreement"] = label_agreement(
            np.concatenate([v.reshape(len(v), -1) for v in data.inputs.values()], 1), labels
        )
        out["statedAgreement"] = abs(out["agreement"] - said["statedAgreement"])
    return out


def reference(data, origin, folder, record):
    if origin.onnx:
        return onnx_forward.forward(str(folder / "model.onnx"), data.inputs)
    weights = (
        dict(np.load(folder / "weights.npz"))
        if (folder / "weights.npz").is_file()
        else platform_weights(record)
    )
    return keras_forward.forward((folder / "topology.json").read_text(), weights, data.inputs)


def platform_weights(record):
    """The weights of the epoch as the platform stores them: float32 in the order of the manifest."""
    values, at, weights = np.fromfile(record / "weights.bin", np.float32), 0, {}
    for group in json.loads((record / "model.json").read_text())["weightsManifest"]:
        for entry in group["weights"]:
            size = int(np.prod(entry["shape"]))
            weights[entry["name"]] = values[at : at + size].reshape(entry["shape"])
            at += size
    return weights


def responses(said, layers, mean, largest):
    """Largest difference of a response, relative to the layer's largest where that is above 1."""
    layers = in_order_of(said, layers)
    names = [(layer.name, layer.mean.shape[1]) for layer in layers]
    if [n for _, n in names] != [layer["units"] for layer in said]:
        stated = [(s["name"], s["units"]) for s in said]
        note = f"layers differ: the platform has {stated}, the reference {names}"
        return {"responses": float("inf"), "note": note}
    at, worst, worst_layer = 0, 0.0, ""
    for stated, layer in zip(said, layers):
        for ours, theirs in ((mean, layer.mean), (largest, layer.max)):
            off = np.abs(ours[:, at : at + stated["units"]] - theirs).max() / max(1.0, np.abs(theirs).max())
            if not off <= worst:
                worst, worst_layer = float(off), stated["name"]
        at += stated["units"]
    return {"responses": worst, "worstLayer": worst_layer}


def in_order_of(said, layers):
    """The layers of the reference in the order of the platform, where both give the same names;
    independent branches have no order of their own."""
    named = {layer.name: layer for layer in layers}
    names = [layer["name"] for layer in said]
    return [named[name] for name in names] if sorted(names) == sorted(named) else layers


def judged(data, said, forward, read):
    """Outputs of the first head, losses of all, metrics by split."""
    first = next(iter(forward.outputs))
    p = forward.outputs[first].astype(np.float64)
    stated = read("outputs.f32").reshape(p.shape)
    out = {"outputs": float(np.abs(stated - p).max() / max(1.0, np.abs(p).max()))}
    if not data.truths:
        out["losses"] = 0.0 if np.isnan(read("loss.f32")).all() else float("inf")
        return out
    names = list(data.truths)
    byname = (
        dict(zip(names, forward.outputs)) if set(names) != set(forward.outputs) else {n: n for n in names}
    )
    own = {
        n: LOSSES[data.loss](
            forward.outputs[byname[n]].astype(np.float64), forward.logits.get(byname[n]), data.targets(n)
        )
        for n in names
    }
    losses = sum(own.values())
    out["losses"] = off(read("loss.f32"), losses)
    worst, unknown, at = 0.0, [], 0
    truths = {n: data.targets(n).astype(np.float64) for n in names}
    for split, count in data.splits.items():
        rows = slice(at, at + count)
        at += count
        entry = next(s for s in said["splits"] if s["split"] == split)
        worst = max(worst, off(entry["loss"], losses[rows].mean()))
        # Of the outputs after the first, a metric has the name of its output in front.
        wanted = [*data.metrics, *(f"outputs.{n}.{m}" for n in names[1:] for m in data.metrics)]
        unsaid = set(wanted) - set(entry["metrics"])
        if unsaid:
            note = f"the platform gives no {', '.join(sorted(unsaid))}"
            return {**out, "metrics": float("inf"), "note": note}
        for name, value in entry["metrics"].items():
            output = next((n for n in names if name.startswith(f"outputs.{n}.")), names[0])
            short = name.removeprefix(f"outputs.{output}.")
            measure = metric(short)
            if short == "loss":
                worst = max(worst, off(value, own[output][rows].mean()))
            elif measure is None:
                unknown.append(name)
            else:
                p = forward.outputs[byname[output]].astype(np.float64)[rows]
                worst = max(worst, abs(value - measure(p, truths[output][rows])))
    out["metrics"] = float(worst)
    if unknown:
        out["note"] = f"metrics without a reference: {', '.join(sorted(set(unknown)))}"
    if said["outputs"]:
        out.update(judged_outputs(data, said, forward, read, own, out))
    return out


def off(stated, expected):
    """Largest difference, relative to the largest number where that is above 1."""
    return float(np.abs(stated - expected).max() / max(1.0, np.abs(expected).max()))


def judged_outputs(data, said, forward, read, own, so_far):
    """Numbers, losses and predicted classes of every output by itself, and its integrated gradients."""
    out = {"outputs": so_far["outputs"], "losses": so_far["losses"], "predictions": 0, "maps": 0.0}
    (inputs,) = data.inputs.values()
    for i, output in enumerate(said["outputs"]):
        name = output["name"]
        p = forward.outputs[name].astype(np.float64)
        out["outputs"] = max(out["outputs"], off(read(f"outputs.{i}.f32").reshape(p.shape), p))
        out["losses"] = max(out["losses"], off(read(f"loss.{i}.f32"), own[name]))
        # Where two classes are as near as rounding, either is right.
        first, second = np.sort(p, 1)[:, ::-1][:, :2].T
        clear = first - second > 1e-5
        out["predictions"] += int((read(f"predicted.{i}.f32") != p.argmax(1))[clear].sum())
        maps = read(f"maps.{i}.f32").reshape(len(output["maps"]), *inputs.shape[1:-1])
        for stated, of in zip(maps, output["maps"]):
            row = of["row"]
            expected = forward.integrated_gradients(name, inputs[row : row + 1], of["classIndex"])
            out["maps"] = max(out["maps"], float(np.abs(stated - expected).max() / np.abs(expected).max()))
    return out


def judged_boxes(data, said, forward, read):
    """Objects, losses and average precision of a grid of cells."""
    name = next(iter(data.truths))
    logits, truths = next(iter(forward.outputs.values())).astype(np.float64), data.targets(name)
    boxes = detection.decoded(logits)
    stated = read("outputs.f32").reshape(data.rows, -1)
    out = {"outputs": float("inf")}
    expected = detection.packed(boxes, max(6, 6 * max(len(own) for own in boxes)))
    if stated.shape == expected.shape:
        out["outputs"] = float(np.abs(stated - expected).max())
    losses = detection.yolo(logits, truths)
    out["losses"] = float(np.abs(read("loss.f32") - losses).max() / max(1.0, losses.max()))
    worst, at = 0.0, 0
    for split, count in data.splits.items():
        rows = slice(at, at + count)
        at += count
        entry = next(s for s in said["splits"] if s["split"] == split)
        worst = max(worst, abs(entry["loss"] - losses[rows].mean()) / max(1.0, losses[rows].mean()))
        # The platform ranks the float32 scores that it stores.
        kept = [np.float32(own).astype(np.float64) for own in boxes[rows]]
        for measure, value in detection.average_precision(kept, truths[rows]).items():
            worst = max(worst, abs(entry["metrics"].get(measure, np.inf) - value))
    return {**out, "metrics": worst}
