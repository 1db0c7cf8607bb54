import type { ReactNode } from "react";

interface SectionProps {
  readonly title: string;
  /** At the end of the title's line. */
  readonly action?: ReactNode;
  readonly children: ReactNode;
}

/** A part of the account page. */
export function Section({ title, action, children }: SectionProps) {
  return (
    <section aria-label={title} className="border-t border-line py-5">
      <div className="mb-3 flex flex-wrap items-center justify-between gap-2">
        <h2 className="font-semibold">{title}</h2>
        {action}
      </div>
      {children}
    </section>
  );
}
