import { type ReactNode, useId } from "react";

interface PanelProps {
  readonly title: string;
  /** What there is to say beside the title. */
  readonly note?: ReactNode;
  readonly children: ReactNode;
}

/** One part of the page with its heading. */
export function Panel({ title, note, children }: PanelProps) {
  const id = useId();
  return (
    <section aria-labelledby={id} className="min-w-0 rounded-md border border-line bg-surface p-4">
      <header className="mb-3 flex flex-wrap items-baseline gap-x-2.5">
        <h2 id={id} className="font-semibold">
          {title}
        </h2>
        {note !== undefined && <p className="text-ink-subtle">{note}</p>}
      </header>
      {children}
    </section>
  );
}

/** A value with its name above it. */
export function Figure({
  name,
  children,
}: {
  readonly name: string;
  readonly children: ReactNode;
}) {
  return (
    <div>
      <dt className="text-sm text-ink-muted">{name}</dt>
      <dd className="text-lg font-semibold">{children}</dd>
    </div>
  );
}
