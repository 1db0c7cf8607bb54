export const THEME_COOKIE = "sortie-theme";
export type Theme = "system" | "light" | "dark";

/** The theme a person chose; anything unexpected follows the system. */
export function parseTheme(value: string | undefined): Theme {
  return value === "light" || value === "dark" ? value : "system";
}

/** Shows the theme at once and keeps it for the next visit. Browser only. */
export function applyTheme(theme: Theme): void {
  const root = document.documentElement;
  if (theme === "system") {
    delete root.dataset["theme"];
    document.cookie = `${THEME_COOKIE}=; path=/; max-age=0; samesite=lax`;
    return;
  }
  root.dataset["theme"] = theme;
  const oneYearSeconds = 365 * 24 * 3600;
  document.cookie = `${THEME_COOKIE}=${theme}; path=/; max-age=${oneYearSeconds}; samesite=lax`;
}
