/** Red, green, blue: the colour of the small web app's page. */
export const APP_COLOUR = [0, 153, 68] as const;
