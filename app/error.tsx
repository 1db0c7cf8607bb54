"use client";

import { ErrorNotice } from "./_components/error-notice";

interface ErrorPageProps {
  readonly error: unknown;
  readonly retry: () => void;
}

export default function ErrorPage({ error, retry }: ErrorPageProps) {
  return (
    <main>
      <ErrorNotice error={error} retry={retry} />
    </main>
  );
}
