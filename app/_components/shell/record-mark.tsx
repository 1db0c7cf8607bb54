/** The product's mark: a screen with a record dot. */
export function RecordMark() {
  return (
    <svg aria-hidden viewBox="0 0 24 24" className="size-6 text-ink" fill="none">
      <rect
        x="2.75"
        y="4.75"
        width="18.5"
        height="14.5"
        rx="3"
        stroke="currentColor"
        strokeWidth="1.5"
      />
      <circle cx="12" cy="12" r="3.5" fill="var(--recording)" />
    </svg>
  );
}
