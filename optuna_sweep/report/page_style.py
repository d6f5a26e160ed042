"""How ``report.html`` looks, and what draws its plots."""

from __future__ import annotations

STYLE = """
:root { --ink: #1d2433; --soft: #667085; --line: #e4e7ec; --paper: #f7f8fa; --best: #fff4d6 }
* { box-sizing: border-box }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 system-ui, sans-serif }
main { max-width: 68rem; margin: 0 auto; padding: 1.5rem 1rem 4rem }
h1 { font-size: 1.6rem; margin: .5rem 0 } h2 { font-size: 1.2rem; margin: 2.5rem 0 .8rem }
.lead { color: var(--soft); margin-top: 0 } .lead b { color: var(--ink) }
.tiles { display: grid; gap: .8rem; grid-template-columns: repeat(auto-fit, minmax(14rem, 1fr)) }
.tiles div, figure, pre, .wide { background: #fff; border: 1px solid var(--line); border-radius: .6rem }
.tiles div { padding: .9rem 1rem } .tiles b { display: block; font-size: 1.6rem; line-height: 1.3 }
.tiles span { color: var(--soft); font-size: .9rem }
figure { margin: 0 0 1rem; padding: .6rem } figcaption { font-weight: 600; padding: .2rem .4rem }
figcaption small { color: var(--soft); font-weight: 400; margin-left: .4rem }
figure > div { width: 100%; height: 26rem }
pre { padding: .8rem 1rem; overflow-x: auto; font-size: .85rem }
code, pre { font-family: ui-monospace, monospace }
code { overflow-wrap: anywhere }
.wide { overflow: auto; max-height: 36rem }
table { border-collapse: collapse; width: 100%; font-size: .85rem; font-variant-numeric: tabular-nums }
th, td { text-align: left; padding: .35rem .8rem; border-bottom: 1px solid var(--line); white-space: nowrap }
th { position: sticky; top: 0; background: #fff; color: var(--soft) }
tr.best { background: var(--best) } tr.best td:first-child::after { content: " \\2605"; color: #c98a00 }
@media (max-width: 40rem) { figure > div { height: 20rem } main { padding: .8rem .6rem 3rem } }
"""

DRAW = """
const figures = JSON.parse(document.getElementById("figures").textContent);
const narrow = window.innerWidth < 640;
for (const [id, figure] of Object.entries(figures)) {
  const layout = {...figure.layout, autosize: true, width: undefined, height: undefined,
    title: undefined, margin: {l: narrow ? 48 : 64, r: 16, t: 24, b: 48}};
  if (narrow) layout.legend = {...layout.legend, orientation: "h", y: -0.25};
  Plotly.newPlot(id, figure.data, layout, {responsive: true, displaylogo: false, displayModeBar: !narrow});
}
document.body.dataset.drawn = Object.keys(figures).length;
"""
