// What a page of its own defines before `offline.js` runs: the view's module.
declare const widget: any;
