/** The tokens of VS Code's default themes that the dashboard uses, one set per kind of theme, as VS Code hands them to a webview. */
export type ThemeKind = 'dark' | 'light' | 'hc-dark' | 'hc-light';
export const themeKinds: readonly ThemeKind[] = ['dark', 'light', 'hc-dark', 'hc-light'];

/** The class that VS Code gives the body. */
export const bodyClass: Record<ThemeKind, string> = {
  'dark': 'vscode-dark', 'light': 'vscode-light', 'hc-dark': 'vscode-high-contrast', 'hc-light': 'vscode-high-contrast-light vscode-high-contrast',
};

const common = { 'font-family': '"Liberation Sans", sans-serif', 'font-size': '13px', 'font-weight': 'normal' };

export const themeTokens: Record<ThemeKind, Readonly<Record<string, string>>> = {
  'dark': {
    ...common, 'foreground': '#cccccc', 'descriptionForeground': '#9d9d9d', 'errorForeground': '#f85149', 'icon-foreground': '#cccccc', 'focusBorder': '#0078d4',
    'editor-background': '#1f1f1f', 'editor-foreground': '#cccccc', 'editorWidget-background': '#202020', 'widget-border': '#313131', 'panel-border': '#2b2b2b',
    'button-background': '#0078d4', 'button-foreground': '#ffffff', 'button-border': '#ffffff12', 'button-hoverBackground': '#026ec1',
    'button-secondaryBackground': '#313131', 'button-secondaryForeground': '#cccccc', 'button-secondaryHoverBackground': '#3c3c3c',
    'progressBar-background': '#0078d4', 'dropdown-background': '#313131', 'dropdown-foreground': '#cccccc', 'dropdown-border': '#3c3c3c',
    'toolbar-hoverBackground': '#5a5d5e50', 'list-hoverBackground': '#2a2d2e', 'editorWarning-foreground': '#cca700', 'editorError-foreground': '#f14c4c',
    'charts-blue': '#3794ff', 'charts-green': '#89d185', 'charts-orange': '#d18616', 'charts-purple': '#b180d7', 'charts-red': '#f14c4c', 'charts-yellow': '#cca700',
    'charts-foreground': '#cccccc', 'charts-lines': '#cccccc80', 'editorHoverWidget-background': '#202020', 'editorHoverWidget-foreground': '#cccccc',
    'editorHoverWidget-border': '#454545', 'radio-activeForeground': '#ffffff', 'radio-activeBackground': '#2489db82', 'radio-activeBorder': '#2488db',
    'radio-inactiveBorder': '#ffffff33', 'radio-inactiveHoverBackground': '#5a5d5e80', 'testing-iconPassed': '#73c991',
  },
  'light': {
    ...common, 'foreground': '#3b3b3b', 'descriptionForeground': '#3b3b3b', 'errorForeground': '#f85149', 'icon-foreground': '#3b3b3b', 'focusBorder': '#005fb8',
    'editor-background': '#ffffff', 'editor-foreground': '#3b3b3b', 'editorWidget-background': '#f8f8f8', 'widget-border': '#e5e5e5', 'panel-border': '#e5e5e5',
    'button-background': '#005fb8', 'button-foreground': '#ffffff', 'button-border': '#0000001a', 'button-hoverBackground': '#0258a8',
    'button-secondaryBackground': '#e5e5e5', 'button-secondaryForeground': '#3b3b3b', 'button-secondaryHoverBackground': '#cccccc',
    'progressBar-background': '#005fb8', 'dropdown-background': '#ffffff', 'dropdown-foreground': '#3b3b3b', 'dropdown-border': '#cecece',
    'toolbar-hoverBackground': '#b8b8b850', 'list-hoverBackground': '#f2f2f2', 'editorWarning-foreground': '#bf8803', 'editorError-foreground': '#e51400',
    'charts-blue': '#1a85ff', 'charts-green': '#388a34', 'charts-orange': '#d18616', 'charts-purple': '#652d90', 'charts-red': '#e51400', 'charts-yellow': '#bf8803',
    'charts-foreground': '#3b3b3b', 'charts-lines': '#3b3b3b80', 'editorHoverWidget-background': '#f8f8f8', 'editorHoverWidget-foreground': '#3b3b3b',
    'editorHoverWidget-border': '#c8c8c8', 'radio-activeForeground': '#000000', 'radio-activeBackground': '#bed6ed', 'radio-activeBorder': '#005fb8',
    'radio-inactiveBorder': '#00000033', 'radio-inactiveHoverBackground': '#b8b8b850', 'testing-iconPassed': '#73c991',
  },
  'hc-dark': {
    ...common, 'foreground': '#ffffff', 'descriptionForeground': '#ffffffb3', 'errorForeground': '#f48771', 'icon-foreground': '#ffffff', 'focusBorder': '#f38518',
    'contrastBorder': '#6fc3df', 'contrastActiveBorder': '#f38518', 'editor-background': '#000000', 'editor-foreground': '#ffffff',
    'editorWidget-background': '#0c141f', 'widget-border': '#6fc3df', 'panel-border': '#6fc3df', 'button-background': '#000000', 'button-foreground': '#ffffff',
    'button-border': '#6fc3df', 'button-secondaryForeground': '#ffffff', 'progressBar-background': '#6fc3df', 'dropdown-background': '#000000',
    'dropdown-foreground': '#ffffff', 'dropdown-border': '#6fc3df', 'toolbar-hoverOutline': '#f38518', 'list-hoverBackground': '#ffffff1a',
    'editorWarning-foreground': '#ffd370', 'editorError-foreground': '#f48771', 'charts-blue': '#59a4f9', 'charts-green': '#89d185', 'charts-orange': '#ab5a00',
    'charts-purple': '#b180d7', 'charts-red': '#f48771', 'charts-yellow': '#ffd370', 'charts-foreground': '#ffffff', 'charts-lines': '#ffffff80',
    'editorHoverWidget-background': '#0c141f', 'editorHoverWidget-foreground': '#ffffff', 'editorHoverWidget-border': '#6fc3df',
    'radio-activeForeground': '#ffffff', 'radio-activeBackground': '#00000000', 'radio-activeBorder': '#6fc3df', 'radio-inactiveBorder': '#ffffff33',
    'testing-iconPassed': '#89d185',
  },
  'hc-light': {
    ...common, 'foreground': '#292929', 'descriptionForeground': '#292929b3', 'errorForeground': '#b5200d', 'icon-foreground': '#292929', 'focusBorder': '#006bbd',
    'contrastBorder': '#0f4a85', 'contrastActiveBorder': '#006bbd', 'editor-background': '#ffffff', 'editor-foreground': '#292929',
    'editorWidget-background': '#ffffff', 'widget-border': '#0f4a85', 'panel-border': '#0f4a85', 'button-background': '#0f4a85', 'button-foreground': '#ffffff',
    'button-border': '#0f4a85', 'button-hoverBackground': '#0f4a85', 'button-secondaryBackground': '#ffffff', 'button-secondaryForeground': '#292929',
    'progressBar-background': '#0f4a85', 'dropdown-background': '#ffffff', 'dropdown-foreground': '#292929', 'dropdown-border': '#0f4a85',
    'toolbar-hoverOutline': '#006bbd', 'list-hoverBackground': '#0f4a851a', 'editorWarning-foreground': '#895503', 'editorError-foreground': '#b5200d',
    'charts-blue': '#0063d3', 'charts-green': '#374e06', 'charts-orange': '#0f4a85', 'charts-purple': '#652d90', 'charts-red': '#b5200d', 'charts-yellow': '#895503',
    'charts-foreground': '#292929', 'charts-lines': '#29292980', 'editorHoverWidget-background': '#ffffff', 'editorHoverWidget-foreground': '#292929',
    'editorHoverWidget-border': '#0f4a85', 'radio-activeForeground': '#292929', 'radio-activeBackground': '#00000000', 'radio-activeBorder': '#0f4a85',
    'radio-inactiveBorder': '#29292933', 'testing-iconPassed': '#007100',
  },
};
