"use client";

import "./globals.css";
import { ErrorNotice } from "./_components/error-notice";

interface GlobalErrorProps {
  readonly error: unknown;
  readonly retry: () => void;
}

/** When the layout itself breaks, there is nothing around this page. */
export default function GlobalError({ error, retry }: GlobalErrorProps) {
  return (
    <html lang="en">
      <head>
        <title>Error · Sortie</title>
      </head>
      <body>
        <main>
          <ErrorNotice error={error} retry={retry} />
        </main>
      </body>
    </html>
  );
}
