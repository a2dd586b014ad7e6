/** Chart.js, in a chunk of its own that is loaded when a chart comes into view. Imports types alone of our own files, so that no chunk is shared. */
import { BarController, BarElement, CategoryScale, Chart, LinearScale, Tooltip, type ChartConfiguration, type Plugin, type Scale, type Tick } from 'chart.js';
import type { Disposable } from '../src/core/time';
import type { ChartTheme } from './chartTheme';

Chart.register(BarController, BarElement, CategoryScale, LinearScale, Tooltip);

export interface Bars {
  readonly labels: readonly string[];
  readonly series: readonly {
    readonly name: string;
    /** One per label; null: nothing known, no bar. */
    readonly values: readonly (number | null)[];
    /** One look for the series, or one per bar. */
    readonly looks: readonly { readonly color: keyof ChartTheme['palette']; readonly pattern: string }[];
  }[];
  /** Lying bars with their values beside them, else standing stacked ones with an axis. */
  readonly lying: boolean;
  readonly tile: number;
  text(value: number): string;
  /** A value on the axis. @param step to its neighbours. */
  tick(value: number, step: number): string;
}

/** Room for a value beside its bar, CSS px. */
const VALUE_ROOM = 76;
const MAX_LABEL_LENGTH = 22;
/** About the width of a letter, as a share of the size of the font. */
const LETTER_WIDTH = 0.66;

/** A name cut to what fits: Chart.js gives half of the width to the names, and clips the rest. */
function shorten(text: string, chartWidth: number, fontSize: number): string {
  const length = Math.max(6, Math.min(MAX_LABEL_LENGTH, Math.floor(((chartWidth - VALUE_ROOM) / 2 - 8) / (fontSize * LETTER_WIDTH))));
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}

/** Draws once; other numbers or colours need another drawing, after this one is disposed of. */
export function drawBars(canvas: HTMLCanvasElement, bars: Bars, theme: ChartTheme): Disposable {
  const chart = new Chart(canvas, config(bars, theme));
  return { dispose: () => chart.destroy() };
}

function config(bars: Bars, theme: ChartTheme): ChartConfiguration<'bar', (number | null)[], string> & { plugins: Plugin<'bar'>[] } {
  const { labels, series, lying, text, tick } = bars;
  const font = { family: theme.fontFamily, size: theme.fontSize - 1 };
  const names = { ticks: { color: theme.quiet, font, maxRotation: 0, autoSkip: !lying, autoSkipPadding: 16 }, grid: { display: false }, border: { color: theme.lines } };
  const amounts = {
    beginAtZero: true,
    ticks: { color: theme.quiet, font, maxTicksLimit: 5, callback: (value: string | number, _: number, all: readonly Tick[]) => tick(Number(value), (all[1]?.value ?? 0) - (all[0]?.value ?? 0)) },
    grid: { color: theme.lines, lineWidth: 0.5 },
    border: { display: false },
  };
  const cut = function (this: Scale, value: string | number): string {
    return shorten(labels[Number(value)] ?? '', this.chart.width, font.size);
  };
  return {
    type: 'bar',
    data: {
      labels: [...labels],
      datasets: series.map(({ name, values, looks }) => ({
        label: name,
        data: [...values],
        backgroundColor: looks.map(look => fill(look, theme, bars.tile)),
        borderColor: theme.border ?? theme.background,
        borderWidth: theme.border === null ? (lying ? 0 : { top: 1 }) : 1,
        borderRadius: 2,
        maxBarThickness: lying ? 16 : 28,
        minBarLength: 1,
        categoryPercentage: 0.9,
        barPercentage: 0.85,
      })),
    },
    options: {
      indexAxis: lying ? 'y' : 'x',
      animation: false,
      responsive: true,
      maintainAspectRatio: false,
      interaction: { mode: 'index', intersect: false, axis: lying ? 'y' : 'x' },
      layout: { padding: lying ? { right: VALUE_ROOM } : 0 },
      scales: lying
        ? { x: { ...amounts, display: false }, y: { ...names, ticks: { ...names.ticks, callback: cut }, border: { display: false } } }
        : { x: { ...names, stacked: true }, y: { ...amounts, stacked: true } },
      plugins: {
        tooltip: {
          backgroundColor: theme.tooltip.background, borderColor: theme.tooltip.border, borderWidth: 1, cornerRadius: 4, padding: 8,
          titleColor: theme.tooltip.foreground, bodyColor: theme.tooltip.foreground, titleFont: { ...font, weight: 600 }, bodyFont: font,
          boxPadding: 4,
          filter: ({ raw }) => raw !== null,
          callbacks: {
            title: ([item]) => (item === undefined ? '' : labels[item.dataIndex] ?? ''),
            label: ({ dataset, raw }) => `${dataset.label}: ${text(Number(raw))}`,
          },
        },
      },
    },
    plugins: lying ? [valuesBeside(theme, text)] : [],
  };
}

function fill({ color, pattern }: Bars['series'][number]['looks'][number], theme: ChartTheme, tile: number): CanvasPattern | string {
  const flat = theme.palette[color];
  const surface = document.createElement('canvas');
  surface.width = surface.height = tile;
  const context = surface.getContext('2d');
  if (pattern === '' || context === null) return flat;
  context.fillStyle = flat;
  context.fillRect(0, 0, tile, tile);
  context.strokeStyle = theme.background;
  context.globalAlpha = 0.6;
  context.lineWidth = 1.25;
  context.lineCap = 'round';
  context.stroke(new Path2D(pattern));
  return context.createPattern(surface, 'repeat') ?? flat;
}

/** The value at the right end of each lying bar, which is its foot where it is below zero, so that no axis is needed to read it. */
const valuesBeside = (theme: ChartTheme, text: (value: number) => string): Plugin<'bar'> => ({
  id: 'valuesBeside',
  afterDatasetsDraw(chart) {
    const { ctx, data } = chart;
    ctx.save();
    ctx.fillStyle = theme.foreground;
    ctx.font = `${theme.fontSize - 1}px ${theme.fontFamily}`;
    ctx.textBaseline = 'middle';
    data.datasets.forEach((dataset, i) => chart.getDatasetMeta(i).data.forEach((bar, k) => {
      const value = dataset.data[k];
      if (typeof value === 'number') ctx.fillText(text(value), Math.max(bar.x, (bar as BarElement).getProps(['base'], true).base) + 8, bar.y);
    }));
    ctx.restore();
  },
});
