from __future__ import annotations
bindables: list[object] = []
