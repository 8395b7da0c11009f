/**
 * What the page knows before it loads anything, and where the rest is found.
 */

import { decodeAs } from "./contract.js";
import { loadScript, loadText, once, preloadScript, whenIdle, whenLoaded } from "./loader.js";

/** The data of the page: titles of data sets and models, addresses of their files. */
export class Page {
  /** @param {object} data content of the script element `page-data` */
  constructor(data) {
    this.datasets = data.datasets;
    this.models = data.models;
    this.batchSize = data.batch_size;
    this.similarityColours = data.scales.similarity;
    this.artifacts = data.artifacts;
    this.plotlyAddress = data.plotly;
  }

  /** Read the page's own data. */
  static read() {
    return new Page(JSON.parse(document.getElementById("page-data").textContent));
  }

  /** @returns {Promise<import("./contract.js").Items>} */
  items(dataset) {
    return load("items", this.datasets[dataset].items);
  }

  /**
   * A data file by what it is of; parts that its kind does not have are left out.
   *
   * @param {string} kind
   * @param {string} dataset
   * @param {...string} parts model, name
   */
  artifact(kind, dataset, ...parts) {
    return load(kind, this.artifacts[kind][[dataset, ...parts].join("/")]);
  }

  /** @returns {Promise<import("./contract.js").Space>} */
  space(dataset, model) {
    return this.artifact("space", dataset, model);
  }

  /** @returns {Promise<import("./contract.js").Landscape>} */
  landscape(dataset, model) {
    return this.artifact("landscape", dataset, model);
  }

  /** Address of a file that the items of a data set name. */
  file(dataset, path) {
    return this.datasets[dataset].files[path];
  }

  /** Begin to fetch plotly.js, so that it is at hand when the figures are drawn. */
  expectPlotly() {
    once("expect plotly", async () => {
      await whenLoaded();
      preloadScript(this.plotlyAddress);
    });
  }

  /** plotly.js; running it holds up the page, so it waits until there is nothing urgent. */
  async plotly() {
    await whenLoaded();
    await whenIdle();
    await loadScript(this.plotlyAddress);
    return globalThis.Plotly;
  }
}

function load(kind, address) {
  return once(`${kind} ${address}`, async () => decodeAs(kind, await loadText(address), address));
}
