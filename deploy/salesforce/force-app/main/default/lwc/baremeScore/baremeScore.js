import { LightningElement, api, wire } from 'lwc';
import { getFieldDisplayValue, getFieldValue, getRecord } from 'lightning/uiRecordApi';
import { readReasons } from './reasons';
import { polyline, readHistory } from './trendLine';

const FIELDS = {
    score: 'Bareme_Score__c',
    grade: 'Bareme_Grade__c',
    label: 'Bareme_Label__c',
    fit: 'Bareme_Fit__c',
    engagement: 'Bareme_Engagement__c',
    trend: 'Bareme_Trend__c',
    reasons: 'Bareme_Reasons__c',
    changes: 'Bareme_Changes__c',
    history: 'Bareme_History__c',
    scoredAt: 'Bareme_Scored_At__c',
    unscored: 'Bareme_Unscored__c'
};

const ARROWS = { rising: '↗', steady: '→', falling: '↘' };
const THEMES = { hot: 'slds-theme_error', warm: 'slds-theme_warning' };
const LINE = { width: 120, height: 28 };

/**
 * The score of a lead, contact or account: grade, trend line, the reasons for and against with their points, and what
 * would change it. It reads only the fields that Barème writes. All of them are optional, so that it shows what its user
 * may see and leaves out the rest.
 */
export default class BaremeScore extends LightningElement {
    @api recordId;
    @api objectApiName;

    record;
    failed = false;

    @wire(getRecord, { recordId: '$recordId', optionalFields: '$fields' })
    receive({ data, error }) {
        if (data || error) {
            this.record = data;
            this.failed = Boolean(error);
        }
    }

    get fields() {
        return this.objectApiName ? Object.values(FIELDS).map((field) => `${this.objectApiName}.${field}`) : undefined;
    }

    value(name) {
        return this.record ? getFieldValue(this.record, `${this.objectApiName}.${FIELDS[name]}`) : undefined;
    }

    shown(name) {
        const field = `${this.objectApiName}.${FIELDS[name]}`;
        return this.record ? getFieldDisplayValue(this.record, field) || this.value(name) : undefined;
    }

    /** Whether the user may see a field at all: a hidden one is absent from the record, an empty one is null. */
    sees(name) {
        return this.value(name) !== undefined;
    }

    get loading() {
        return !this.record && !this.failed;
    }

    get hidden() {
        return this.record && !Object.keys(FIELDS).some((name) => this.sees(name));
    }

    get hasScore() {
        return this.has(this.value('score'));
    }

    get unscored() {
        if (!this.record || this.hidden || this.hasScore || this.has(this.value('grade'))) {
            return undefined;
        }
        return this.value('unscored') || (this.sees('score') ? 'Not scored yet.' : undefined);
    }

    get score() {
        return Math.round(this.value('score'));
    }

    get grade() {
        return this.shown('grade');
    }

    get label() {
        return this.shown('label');
    }

    get labelClass() {
        return `slds-badge ${THEMES[this.value('label')] || ''}`.trim();
    }

    get parts() {
        return ['fit', 'engagement']
            .filter((name) => this.has(this.value(name)))
            .map((name) => ({
                key: name,
                name: name === 'fit' ? 'Fit' : 'Engagement',
                points: Math.round(this.value(name)),
                style: `width: ${Math.min(100, Math.max(0, this.value(name)))}%`
            }));
    }

    get trend() {
        const trend = this.value('trend');
        return trend ? `${ARROWS[trend] || ''} ${this.shown('trend')}`.trim() : undefined;
    }

    get line() {
        const history = readHistory(this.value('history'));
        const points = polyline(history, LINE.width, LINE.height);
        if (!points) {
            return undefined;
        }
        const [first, last] = [history[0], history[history.length - 1]];
        return {
            points,
            viewBox: `-2 -2 ${LINE.width + 4} ${LINE.height + 4}`,
            title: `From ${first.score} on ${first.day} to ${last.score} on ${last.day}`
        };
    }

    get reasons() {
        return readReasons(this.value('reasons'));
    }

    get hasFor() {
        return this.reasons.for.length > 0;
    }

    get hasAgainst() {
        return this.reasons.against.length > 0;
    }

    get hasRemarks() {
        return this.reasons.remarks.length > 0;
    }

    get changes() {
        const text = this.value('changes');
        return text ? text.split('\n').filter(Boolean).map((line, i) => ({ key: `change-${i}`, text: line })) : undefined;
    }

    get scoredAt() {
        return this.value('scoredAt');
    }

    has(value) {
        return value !== undefined && value !== null && value !== '';
    }
}
