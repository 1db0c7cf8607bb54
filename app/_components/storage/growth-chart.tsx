"use client";

import { useId } from "react";
import type { DayGrowthJson } from "@/lib/operations/storage-schema";
import { countOf, formatBytes } from "../ui/format";
import { Cell, HeaderCell, Row, Table } from "../ui/table";
import { SumCells, SumHeaders } from "./sum-cells";

const WIDTH = 300;
const HEIGHT = 100;
/** Days without a recording still show where they are. */
const MIN_BAR = 0.5;

/** What each day added, as bars, with the same as a table for those who cannot see them. */
export function GrowthChart({ growth }: { readonly growth: readonly DayGrowthJson[] }) {
  const id = useId();
  const most = Math.max(1, ...growth.map(({ size_bytes }) => size_bytes));
  const total = growth.reduce((sum, { size_bytes }) => sum + size_bytes, 0);
  const first = growth[0]?.day ?? "";
  const last = growth.at(-1)?.day ?? "";
  return (
    <figure>
      <svg
        role="img"
        aria-labelledby={`${id}-title ${id}-desc`}
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        className="block h-28 w-full border-b border-line-strong text-accent"
      >
        <title id={`${id}-title`}>Added per day</title>
        <desc id={`${id}-desc`}>
          {`${formatBytes(total)} in ${growth.length} days, at most ${formatBytes(most)} in one day. The table below has each day.`}
        </desc>
        {growth.map((day, index) => (
          <Bar key={day.day} day={day} index={index} count={growth.length} most={most} />
        ))}
      </svg>
      <figcaption className="mt-1 flex justify-between gap-2 text-sm text-ink-subtle">
        <span>{first}</span>
        <span>{`at most ${formatBytes(most)} a day`}</span>
        <span>{last}</span>
      </figcaption>
      <details className="mt-2">
        <summary className="w-fit text-ink-muted hover:text-ink">Show as a table</summary>
        <GrowthTable growth={growth} />
      </details>
    </figure>
  );
}

interface BarProps {
  readonly day: DayGrowthJson;
  readonly index: number;
  readonly count: number;
  readonly most: number;
}

function Bar({ day, index, count, most }: BarProps) {
  const step = WIDTH / count;
  const height = Math.max(MIN_BAR, (day.size_bytes / most) * HEIGHT);
  return (
    <rect
      x={index * step + step * 0.1}
      y={HEIGHT - height}
      width={step * 0.8}
      height={height}
      className="fill-current"
    >
      <title>{`${day.day}: ${formatBytes(day.size_bytes)}, ${countOf(day.recordings, "recording")}`}</title>
    </rect>
  );
}

function GrowthTable({ growth }: { readonly growth: readonly DayGrowthJson[] }) {
  return (
    <Table label="Added per day">
      <thead>
        <tr>
          <HeaderCell>Day (UTC)</HeaderCell>
          <SumHeaders />
        </tr>
      </thead>
      <tbody>
        {growth.toReversed().map(({ day, recordings, size_bytes }) => (
          <Row key={day}>
            <Cell>{day}</Cell>
            <SumCells recordings={recordings} sizeBytes={size_bytes} />
          </Row>
        ))}
      </tbody>
    </Table>
  );
}
