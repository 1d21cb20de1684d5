// The 52 subjects of C-Eval (Huang et al., 2023), after its subject_mapping.json.
extension Exam {
    static let cEvalSubjects: [(category: String, keys: [String])] = [
        (
            "STEM",
            [
                "advanced_mathematics", "college_chemistry", "college_physics",
                "college_programming", "computer_architecture", "computer_network",
                "discrete_mathematics", "electrical_engineer", "high_school_biology",
                "high_school_chemistry", "high_school_mathematics", "high_school_physics",
                "metrology_engineer", "middle_school_biology", "middle_school_chemistry",
                "middle_school_mathematics", "middle_school_physics", "operating_system",
                "probability_and_statistics", "veterinary_medicine",
            ]
        ),
        (
            "Social Science",
            [
                "business_administration", "college_economics", "education_science",
                "high_school_geography", "high_school_politics", "mao_zedong_thought", "marxism",
                "middle_school_geography", "middle_school_politics", "teacher_qualification",
            ]
        ),
        (
            "Humanities",
            [
                "art_studies", "chinese_language_and_literature", "high_school_chinese",
                "high_school_history", "ideological_and_moral_cultivation", "law",
                "legal_professional", "logic", "middle_school_history", "modern_chinese_history",
                "professional_tour_guide",
            ]
        ),
        (
            "Other",
            [
                "accountant", "basic_medicine", "civil_servant", "clinical_medicine",
                "environmental_impact_assessment_engineer", "fire_engineer", "physician",
                "plant_protection", "sports_science", "tax_accountant", "urban_and_rural_planner",
            ]
        ),
    ]

    /// C-Eval Hard.
    static let hardSubjects: Set<String> = [
        "advanced_mathematics", "college_chemistry", "college_physics", "discrete_mathematics",
        "high_school_chemistry", "high_school_mathematics", "high_school_physics",
        "probability_and_statistics",
    ]
}
