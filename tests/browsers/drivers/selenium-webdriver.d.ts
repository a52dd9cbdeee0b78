/**
 * The part of selenium-webdriver that webkit.ts uses. Not @types/selenium-webdriver: the compiler that Emscripten
 * runs takes every @types package in, and stumbles over that one.
 */
declare module 'selenium-webdriver' {
  export interface WebElement {
    sendKeys(text: string): Promise<void>;
    click(): Promise<void>;
    getRect(): Promise<{ x: number; y: number; width: number; height: number }>;
  }
  interface Condition<T> {
    readonly found: T;
  }
  interface Place {
    readonly origin: WebElement;
    readonly x: number;
    readonly y: number;
    readonly duration: number;
  }
  interface Actions {
    move(to: Place): Actions;
    press(button: number): Actions;
    release(button: number): Actions;
    keyDown(key: string): Actions;
    keyUp(key: string): Actions;
    sendKeys(text: string): Actions;
    perform(): Promise<void>;
  }
  export interface WebDriver {
    get(address: string): Promise<void>;
    navigate(): { refresh(): Promise<void> };
    executeScript<T>(script: string, ...given: unknown[]): Promise<T>;
    wait<T>(condition: Condition<T>, ms: number): Promise<T>;
    actions(options?: { async: boolean }): Actions;
    takeScreenshot(): Promise<string>;
    quit(): Promise<void>;
    getCapabilities(): Promise<Capabilities>;
    manage(): {
      setTimeouts(ms: { script: number; pageLoad: number }): Promise<void>;
      window(): {
        setRect(rect: { x: number; y: number; width: number; height: number }): Promise<unknown>;
      };
    };
  }
  export class Capabilities {
    constructor(wanted: Record<string, unknown>);
    getBrowserVersion(): string | undefined;
  }
  export class Builder {
    usingServer(address: string): this;
    withCapabilities(wanted: Capabilities): this;
    build(): Promise<WebDriver>;
  }
  interface Locator {
    readonly value: string;
  }
  export const By: { css(selector: string): Locator };
  export const Button: { readonly LEFT: number };
  export const Key: { readonly CONTROL: string };
  export const until: {
    elementLocated(by: Locator): Condition<WebElement>;
    elementIsVisible(element: WebElement): Condition<WebElement>;
  };
}
