"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";
import { classes } from "../ui/classes";

/** The pages of the admin panel, side by side. */
export function AdminTabs({ recordingEnabled }: { readonly recordingEnabled: boolean }) {
  const pathname = usePathname();
  const tabs = [
    { href: "/admin/users", label: "Users" },
    ...(recordingEnabled
      ? [
          { href: "/admin/recordings", label: "Recordings" },
          { href: "/admin/settings", label: "Settings" },
        ]
      : []),
  ];
  return (
    <nav aria-label="Admin" className="flex pt-2 gap-5 border-b border-line">
      {tabs.map(({ href, label }) => (
        <Link
          key={href}
          href={href}
          aria-current={pathname === href ? "page" : undefined}
          className={classes(
            "-mb-px flex h-(--control) items-center border-b-2",
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
