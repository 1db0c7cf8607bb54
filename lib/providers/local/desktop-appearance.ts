/** What a desktop looks like and how its windows behave: configuration texts of its programs. */

/** A shell script that opens a terminal. */
export const TERMINAL = `unset XDG_CONFIG_HOME XDG_DATA_HOME
export XENVIRONMENT="$SESSION_DIR/config/xresources"
exec xterm -T Terminal -e bash --rcfile "$SESSION_DIR/config/bashrc"
`;

export const XRESOURCES = `XTerm*utf8: 1
XTerm*faceName: Monospace
XTerm*faceSize: 12
XTerm*internalBorder: 10
XTerm*borderWidth: 0
XTerm*scrollBar: false
XTerm*saveLines: 10000
XTerm*cursorBlink: false
XTerm*selectToClipboard: true
XTerm*metaSendsEscape: true
XTerm*background: #12161d
XTerm*foreground: #d8dee9
XTerm*cursorColor: #7aa2f7
XTerm*highlightColor: #33415c
XTerm*color0: #1d2330
XTerm*color1: #f7768e
XTerm*color2: #9ece6a
XTerm*color3: #e0af68
XTerm*color4: #7aa2f7
XTerm*color5: #bb9af7
XTerm*color6: #7dcfff
XTerm*color7: #d8dee9
XTerm*color8: #6b7689
XTerm*color9: #ff8fa3
XTerm*color10: #b3e07f
XTerm*color11: #f0c583
XTerm*color12: #93b5ff
XTerm*color13: #cdb3ff
XTerm*color14: #9bdcff
XTerm*color15: #ffffff
`;

export const BASHRC = String.raw`PS1='\[\e[34m\]\w\[\e[0m\] \$ '
alias ls='ls --color=auto' grep='grep --color=auto'
`;

const click = (button: string, action: string, ...actions: string[]) =>
  `<mousebind button="${button}" action="${action}">${actions.map((name) => `<action name="${name}"/>`).join("")}</mousebind>`;
const context = (name: string, ...binds: string[]) =>
  `<context name="${name}">${binds.join("")}</context>`;
const drag = (button: string, action: string) => click(button, "Drag", action);
const press = (button: string) => click(button, "Press", "Focus", "Raise");
const key = (keys: string, action: string) =>
  `<keybind key="${keys}"><action name="${action}"/></keybind>`;
const showMenu = `<mousebind button="Right" action="Press"><action name="ShowMenu"><menu>root-menu</menu></action></mousebind>`;

export const OPENBOX = `<?xml version="1.0"?>
<openbox_config xmlns="http://openbox.org/3.4/rc">
  <focus><focusNew>yes</focusNew></focus>
  <placement><policy>Smart</policy><center>yes</center></placement>
  <theme><name>Sortie</name><titleLayout>LMC</titleLayout><animateIconify>no</animateIconify></theme>
  <!-- Room around a maximised window, which follows the size of the viewer: for the desktop and its menu. -->
  <margins><top>28</top><bottom>28</bottom><left>28</left><right>28</right></margins>
  <desktops><number>1</number><popupTime>0</popupTime></desktops>
  <keyboard>${key("A-F4", "Close")}${key("A-Tab", "NextWindow")}${key("A-F10", "ToggleMaximize")}</keyboard>
  <mouse>
    ${context("Frame", drag("A-Left", "Move"), drag("A-Right", "Resize"))}
    ${context("Titlebar", press("Left"), drag("Left", "Move"), click("Left", "DoubleClick", "ToggleMaximize"), showMenu)}
    ${context("Top Bottom Left Right TLCorner TRCorner BLCorner BRCorner", press("Left"), drag("Left", "Resize"))}
    ${context("Client", press("Left"), press("Middle"), press("Right"))}
    ${context("Close", click("Left", "Click", "Close"))}
    ${context("Maximize", click("Left", "Click", "ToggleMaximize"))}
    ${context("Root", showMenu)}
  </mouse>
  <menu><file>menu.xml</file></menu>
  <applications>
    <application class="XTerm"><maximized>yes</maximized></application>
  </applications>
</openbox_config>
`;

export const OPENBOX_MENU = `<?xml version="1.0"?>
<openbox_menu xmlns="http://openbox.org/3.4/menu">
  <menu id="root-menu" label="Desktop">
    <item label="New terminal"><action name="Execute"><command>sh -c 'exec sh "$SESSION_DIR/config/terminal"'</command></action></item>
  </menu>
</openbox_menu>
`;

export const OPENBOX_THEME = `border.width: 1
padding.width: 8
padding.height: 6
window.handle.width: 0
window.client.padding.width: 0
window.client.padding.height: 0
window.active.border.color: #0b0e13
window.inactive.border.color: #0b0e13
window.active.title.bg: flat solid
window.active.title.bg.color: #232a36
window.inactive.title.bg: flat solid
window.inactive.title.bg.color: #1b212b
window.active.label.bg: parentrelative
window.inactive.label.bg: parentrelative
window.active.label.text.color: #d8dee9
window.inactive.label.text.color: #7c8798
window.label.text.justify: center
window.active.button.*.bg: parentrelative
window.inactive.button.*.bg: parentrelative
window.active.button.*.image.color: #9aa5b8
window.inactive.button.*.image.color: #59647a
menu.border.color: #0b0e13
menu.overlap.x: 0
menu.title.bg: flat solid
menu.title.bg.color: #232a36
menu.title.text.color: #9aa5b8
menu.items.bg: flat solid
menu.items.bg.color: #1b212b
menu.items.text.color: #d8dee9
menu.items.active.bg: flat solid
menu.items.active.bg.color: #33415c
menu.items.active.text.color: #ffffff
osd.border.color: #0b0e13
osd.bg: flat solid
osd.bg.color: #1b212b
osd.label.bg: parentrelative
osd.label.text.color: #d8dee9
`;
