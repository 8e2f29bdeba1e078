import { createElement } from 'lwc';
import { getRecord } from 'lightning/uiRecordApi';
import BaremeScore from 'c/baremeScore';

const FULL = {
    Bareme_Score__c: 72,
    Bareme_Grade__c: 'A2',
    Bareme_Label__c: 'hot',
    Bareme_Fit__c: 80,
    Bareme_Engagement__c: 64,
    Bareme_Trend__c: 'rising',
    Bareme_Reasons__c: '+25 Decides; +15 Meeting held, on 12 Nov; -5 Free mail; budget is not known (2 more)',
    Bareme_Changes__c: 'One meeting by 5 Dec 2026 would make this A2 an A1\nNothing for 20 days would make this A2 an A3',
    Bareme_History__c: '2026-11-02 41; 2026-11-09 58; 2026-11-16 72',
    Bareme_Scored_At__c: '2026-11-16T03:00:00.000Z',
    Bareme_Unscored__c: null
};

function show(fields, objectApiName = 'Lead') {
    const element = createElement('c-bareme-score', { is: BaremeScore });
    element.recordId = '00Q000000000001AAA';
    element.objectApiName = objectApiName;
    document.body.appendChild(element);
    if (fields) {
        getRecord.emit({
            apiName: objectApiName,
            fields: Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, { value, displayValue: null }]))
        });
    }
    return Promise.resolve().then(() => element);
}

const find = (element, id) => element.shadowRoot.querySelector(`[data-id="${id}"]`);
const lines = (element, id) => [...find(element, id).querySelectorAll('li')].map((li) => li.textContent);
const without = (...names) => Object.fromEntries(Object.entries(FULL).filter(([name]) => !names.includes(name)));

afterEach(() => {
    while (document.body.firstChild) {
        document.body.removeChild(document.body.firstChild);
    }
});

describe('a score', () => {
    it('shows score, grade, label, trend and the two parts', async () => {
        const element = await show(FULL);
        expect(find(element, 'score').textContent).toBe('72');
        expect(find(element, 'grade').textContent).toBe('A2');
        expect(find(element, 'label').textContent).toBe('hot');
        expect(find(element, 'trend').textContent).toBe('↗ rising');
        expect([...element.shadowRoot.querySelectorAll('[data-id="part"]')].map((p) => p.textContent)).toEqual([
            'Fit80',
            'Engagement64'
        ]);
    });

    it('tells the reasons for and against with their points, and what is not known', async () => {
        const element = await show(FULL);
        expect(lines(element, 'for')).toEqual(['+25Decides', '+15Meeting held, on 12 Nov']);
        expect(lines(element, 'against')).toEqual(['−5Free mail']);
        expect(lines(element, 'remarks')).toEqual(['budget is not known (2 more)']);
    });

    it('tells what would change it, a line each', async () => {
        const element = await show(FULL);
        expect(lines(element, 'changes')).toHaveLength(2);
        expect(lines(element, 'changes')[0]).toBe('One meeting by 5 Dec 2026 would make this A2 an A1');
    });

    it('draws a line of the last scores, and says it in words for those who cannot see it', async () => {
        const line = find(await show(FULL), 'line');
        expect(line.querySelector('polyline').getAttribute('points')).toBe('0,28 60,12.6 120,0');
        expect(line.getAttribute('aria-label')).toBe('From 41 on 2026-11-02 to 72 on 2026-11-16');
    });

    it('shows no line for a single score', async () => {
        const element = await show({ ...FULL, Bareme_History__c: '2026-11-02 41' });
        expect(find(element, 'line')).toBeNull();
        expect(find(element, 'score').textContent).toBe('72');
    });

    it('shows a score of 0, which is not the same as none', async () => {
        const element = await show({ ...FULL, Bareme_Score__c: 0 });
        expect(find(element, 'score').textContent).toBe('0');
        expect(find(element, 'unscored')).toBeNull();
    });

    it('works on contacts and accounts', async () => {
        expect(find(await show(FULL, 'Contact'), 'grade').textContent).toBe('A2');
        expect(find(await show(FULL, 'Account'), 'grade').textContent).toBe('A2');
    });
});

describe('a record without a score', () => {
    it('says why', async () => {
        const element = await show({
            ...Object.fromEntries(Object.keys(FULL).map((name) => [name, null])),
            Bareme_Unscored__c: 'Nothing is known about the company yet.'
        });
        expect(find(element, 'unscored').textContent).toBe('Nothing is known about the company yet.');
        expect(find(element, 'score')).toBeNull();
        expect(find(element, 'for')).toBeNull();
    });

    it('says that it was not scored yet', async () => {
        const element = await show(Object.fromEntries(Object.keys(FULL).map((name) => [name, null])));
        expect(find(element, 'unscored').textContent).toBe('Not scored yet.');
    });
});

describe('a user who may not see everything', () => {
    it('sees the grade without the reasons', async () => {
        const element = await show(without('Bareme_Reasons__c', 'Bareme_Score__c', 'Bareme_History__c'));
        expect(find(element, 'grade').textContent).toBe('A2');
        expect(find(element, 'score')).toBeNull();
        expect(find(element, 'for')).toBeNull();
        expect(find(element, 'unscored')).toBeNull();
    });

    it('is told whom to ask when nothing can be seen', async () => {
        const element = await show({});
        expect(find(element, 'hidden').textContent).toContain('Barème Reader');
        expect(find(element, 'unscored')).toBeNull();
    });
});

describe('when it goes wrong', () => {
    it('says so in words', async () => {
        const element = await show();
        getRecord.error();
        await Promise.resolve();
        expect(find(element, 'failed')).not.toBeNull();
    });

    it('leaves out what it cannot read', async () => {
        const element = await show({ ...FULL, Bareme_History__c: 'soon 3; 2026-99; x', Bareme_Reasons__c: ';; ; ' });
        expect(find(element, 'line')).toBeNull();
        expect(find(element, 'for')).toBeNull();
        expect(find(element, 'score').textContent).toBe('72');
    });
});
