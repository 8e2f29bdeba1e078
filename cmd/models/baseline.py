"""Logistic regression and gradient boosting of scikit-learn on the rows given as JSON, for the tables of `make models`.

Texts become one column for each level, numbers are standardised, a missing number gets the median and a column that says
so. Regression is fitted at C = 1, and once with C chosen among five by 5-fold cross-validation; 200 trees at a rate of .05.
Only the fit is timed.
"""
import json
import sys
import time
import warnings

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression, LogisticRegressionCV

warnings.filterwarnings("ignore")
given = json.load(sys.stdin)
y = np.array(given["converted"], dtype=int)
test = np.array(given["test"])
blocks, trees = [], []
for column in given["columns"]:
    if column.get("numbers"):
        x = np.array([np.nan if v is None else v for v in column["numbers"]], dtype=float)
        trees.append(x)
        gone = np.isnan(x)
        x = np.where(gone, np.nanmedian(x[~test]), x)
        spread = x[~test].std() or 1
        blocks.append(((x - x[~test].mean()) / spread)[:, None])
        if gone[~test].any():
            blocks.append(gone[:, None].astype(float))
        continue
    texts = column["texts"]
    levels = sorted({t for t, out in zip(texts, test) if t is not None and not out})
    place = {t: i for i, t in enumerate(levels)}
    code = np.array([len(levels) if t is None else place.get(t, len(levels) + 1) for t in texts])
    trees.append(np.where(code < len(levels), code, np.nan).astype(float))
    blocks.append((code[:, None] == np.arange(len(levels) + 1)[None, :]).astype(float))
lines, trees = np.hstack(blocks), np.column_stack(trees)
answer = []
chosen = LogisticRegressionCV(Cs=[0.01, 0.1, 1, 10, 100], cv=5, scoring="neg_log_loss", max_iter=5000)
for name, model, x, times in [
    ("logistic regression", LogisticRegression(C=1, max_iter=5000), lines, 5),
    ("  with its C chosen", chosen, lines, 1),
    ("gradient boosting", HistGradientBoostingClassifier(max_iter=200, learning_rate=0.05, random_state=0), trees, 3),
]:
    if model is chosen and not given["choose"]:
        continue
    took = cpu = float("inf")
    first, done = time.time(), 0
    while done < times or times > 1 and time.time() - first < 0.5:  # the least counts, as in timed
        done += 1
        began, used = time.time(), time.process_time()
        model.fit(x[~test], y[~test])
        took, cpu = min(took, time.time() - began), min(cpu, time.process_time() - used)
    answer.append({"name": name, "seconds": took, "cpu": cpu, "p": model.predict_proba(x[test])[:, 1].tolist()})
json.dump(answer, sys.stdout)
