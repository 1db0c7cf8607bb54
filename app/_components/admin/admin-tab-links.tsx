"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";
import { useEffect, useRef } from "react";
import { classes } from "../ui/classes";
import type { AdminPage } from "./admin-pages";

/** The panel's tabs. Where they do not all fit, the present one is scrolled into view. */
export function AdminTabLinks({ pages }: { readonly pages: readonly AdminPage[] }) {
  const pathname = usePathname();
  const nav = useRef<HTMLElement>(null);
  useEffect(() => {
    const present = nav.current?.querySelector("[aria-current=page]");
    present?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [pathname]);
  return (
    <nav
      ref={nav}
      aria-label="Admin"
      className="flex gap-5 overflow-x-auto border-b border-line pt-2"
    >
      {pages.map(({ href, label }) => (
        <Link
          key={href}
          href={href}
          aria-current={pathname === href ? "page" : undefined}
          className={classes(
            "-mb-px flex h-(--control) shrink-0 items-center border-b-2",
            pathname === href
              ? "border-accent font-medium text-ink"
              : "border-transparent text-ink-muted hover:text-ink",
          )}
        >
          {label}
        </Link>
      ))}
    </nav>
  );
}
